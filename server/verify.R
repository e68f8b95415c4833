# Reads data.csv, spec.json and result.json beside it, makes every estimate
# again with R's survey package and prints how far the two are apart.
# Exit: 0 all agree, 1 some differ.  Needs R and the package survey; nothing
# else.  Rscript verify.R [--tolerance 1e-8]
invisible(compiler::enableJIT(0)) # compiling takes longer than it saves
suppressMessages(library(survey))
arg <- commandArgs(FALSE)
at <- sub("^--file=", "", grep("^--file=", arg, value = TRUE))
here <- if (length(at)) dirname(at[1]) else "."
arg <- commandArgs(TRUE)
tolerance <- if (length(arg) == 2 && arg[1] == "--tolerance") as.numeric(arg[2]) else 1e-8

# ---- JSON: objects and arrays as lists, null as NULL inside list(NULL) ----
# Its tokens, written as R's own, are read by R's parser: they can only be
# texts, numbers and brackets.
json_read <- function(path) {
  s <- rawToChar(readBin(path, "raw", file.size(path)))
  Encoding(s) <- "bytes"
  pattern <- "\"(?:[^\"\\\\]|\\\\.)*\"|-?[0-9][0-9.eE+-]*|true|false|null|[{}\\[\\],:]"
  m <- gregexpr(pattern, s, perl = TRUE, useBytes = TRUE)[[1]]
  token <- substring(s, m, m + attr(m, "match.length") - 1)
  Encoding(token) <- "UTF-8"
  plain <- c("{" = "list(", "[" = "list(", "}" = ")", "]" = ")", ":" = "=",
             true = "TRUE", false = "FALSE", null = "NULL")
  known <- match(token, names(plain))
  token[!is.na(known)] <- plain[known[!is.na(known)]]
  token <- gsub("\\/", "/", token, fixed = TRUE)
  eval(parse(text = token, keep.source = FALSE, encoding = "UTF-8"), baseenv())
}
spec <- json_read(file.path(here, "spec.json"))
result <- json_read(file.path(here, "result.json"))
data <- read.csv(file.path(here, "data.csv"), colClasses = "character",
                 na.strings = "", check.names = FALSE, encoding = "UTF-8")
numbers <- new.env()
number <- function(name) {
  if (is.null(numbers[[name]])) numbers[[name]] <- suppressWarnings(as.numeric(data[[name]]))
  numbers[[name]]
}
# Units as whole numbers: survey has factors, and goes through all their levels
# in every stratum.
unit_code <- function(v) match(v, unique(v))
words <- function(x) if (is.null(x)) character(0) else as.character(unlist(x))

# ---- conditions: a missing value passes nothing ---------------------------
same <- function(name, v) {
  if (is.character(v)) data[[name]] %in% v else number(name) %in% v
}
passes_one <- function(name, rule) {
  there <- !is.na(data[[name]])
  if (!is.list(rule) || is.null(names(rule)))
    return(there & Reduce(`|`, lapply(if (is.list(rule)) rule else list(rule), function(v) same(name, v)), FALSE))
  in_it <- there
  for (k in names(rule)) in_it <- in_it & switch(k,
    min = number(name) >= rule$min, max = number(name) <= rule$max,
    prefix = startsWith(data[[name]], rule$prefix),
    not = !passes_one(name, rule$not))
  in_it & !is.na(in_it)
}
passes <- function(where) {
  in_it <- rep(TRUE, nrow(data))
  for (name in names(where)) in_it <- in_it & passes_one(name, where[[name]])
  in_it
}
cell_rows <- function(x, cell) {
  in_it <- passes(spec$where) & passes(x$where)
  for (name in names(cell$by)) {
    v <- data[[name]]
    in_it <- in_it & !is.na(v) & (v == cell$by[[name]] | suppressWarnings(number(name) == as.numeric(cell$by[[name]])) %in% TRUE)
  }
  in_it
}

# @DESIGN@

# ---- the table of differences ---------------------------------------------
compared <- 0
worst <- 0
wrong <- list()
left <- character(0)
# What is below 1e-12, an error below 1e-8 of its value too, is 0 rounded.
compare <- function(label, what, ours, theirs, zero = 1e-12) {
  if (is.null(ours) || all(is.na(ours))) return(invisible())
  if (length(theirs) != length(ours)) theirs <- rep(NA_real_, length(ours))
  size <- pmax(abs(ours), abs(theirs))
  gap <- ifelse(size <= zero, 0, abs(ours - theirs) / size)
  compared <<- compared + sum(!is.na(ours))
  worst <<- max(worst, gap, na.rm = TRUE)
  bad <- which(!is.na(ours) & !(!is.na(gap) & gap <= tolerance))
  if (length(bad))
    wrong[[length(wrong) + 1]] <<- data.frame(estimate = rep_len(label, length(ours))[bad], what = what,
                                              phieu = ours[bad], R = theirs[bad], difference = gap[bad])
}
compare_se <- function(label, cell, theirs)
  compare(label, "se", cell$se, theirs, max(1e-12, 1e-8 * abs(cell$value)))
by_t <- function(label, cell, x) {
  df <- if (identical(x$df, "design")) cell$df_design else cell$df
  level <- if (is.null(x$ci$level)) 0.95 else x$ci$level
  if (is.null(cell$ci) || !(df > 0) || !(is.null(x$ci$method) || x$ci$method %in% c("t", "mean"))) return(invisible())
  half <- qt(1 - (1 - level) / 2, df) * cell$now_se
  compare(label, "ci_l", cell$ci[[1]], cell$now - half)
  compare(label, "ci_u", cell$ci[[2]], cell$now + half)
}
put <- function(label, x, cell, fit, domain) {
  now <- as.numeric(coef(fit))[1]
  now_se <- as.numeric(SE(fit))[1]
  compare(label, "value", cell$value, now)
  compare_se(label, cell, now_se)
  if (!is.null(domain)) {
    w <- weights(domain, "sampling") > 0 & is.finite(weights(domain, "sampling"))
    compare(label, "n", cell$n, sum(w))
    compare(label, "df", cell$df, degf(domain))
  }
  if (!is.null(cell$se)) by_t(label, c(cell, now = now, now_se = now_se), x)
}
deff_of <- function(label, cell, fit, fit_replace) {
  compare(label, "deff", cell$deff, as.numeric(deff(fit))[1])
  compare(label, "deff_replace", cell$deff_replace, as.numeric(deff(fit_replace))[1])
}
with_y <- function(y) update(design, .y = y)
narrow <- function(d, in_it) d[which(in_it), ]

# ---- statistics ------------------------------------------------------------
do_mean <- function(x, cell, label) {
  y <- if (identical(x$stat, "total") && is.null(x$of)) rep(1, nrow(data)) else number(cell$of)
  d <- narrow(with_y(y), cell_rows(x, cell) & !is.na(y))
  f <- if (x$stat == "total") svytotal else svymean
  put(label, x, cell, f(~.y, d), d)
  if (isTRUE(x$deff)) deff_of(label, cell, f(~.y, d, deff = TRUE), f(~.y, d, deff = "replace"))
}
do_ratio <- function(x, cell, label) {
  of <- words(x$of)
  a <- number(of[1])
  b <- number(of[2])
  d <- narrow(update(design, .a = a, .b = b), cell_rows(x, cell) & !is.na(a) & !is.na(b))
  put(label, x, cell, svyratio(~.a, ~.b, d), d)
}
# Shares: 0/1 columns, values or a condition.
share_column <- function(x, name) {
  rule <- x$is
  if (is.null(rule)) return(number(name))
  y <- as.numeric(passes_one(name, rule))
  y[is.na(data[[name]])] <- NA
  y
}
do_proportion <- function(x, cell, label) {
  y <- share_column(x, words(x$of)[match(cell$of, words(x$of))])
  d <- narrow(with_y(y), cell_rows(x, cell) & !is.na(y))
  fit <- svymean(~.y, d)
  put(label, x, cell, fit, d)
  df <- if (identical(x$df, "design")) cell$df_design else cell$df
  p <- as.numeric(coef(fit))
  if (identical(x$ci$method, "logit") && !is.null(cell$ci) && df > 0 && p > 0 && p < 1) {
    level <- if (is.null(x$ci$level)) 0.95 else x$ci$level
    half <- qt(1 - (1 - level) / 2, df) * as.numeric(SE(fit)) / (p * (1 - p))
    compare(label, "ci_l", cell$ci[[1]], plogis(qlogis(p) - half))
    compare(label, "ci_u", cell$ci[[2]], plogis(qlogis(p) + half))
  }
}
do_quantile <- function(x, cell, label) {
  y <- number(cell$of)
  d <- narrow(with_y(y), cell_rows(x, cell) & !is.na(y))
  method <- if (is.null(x$ci$method)) "t" else x$ci$method
  kind <- c(t = "mean", mean = "mean", logit = "xlogit", xlogit = "xlogit", beta = "beta")[[method]]
  df <- if (identical(x$df, "design")) cell$df_design else cell$df
  level <- if (is.null(x$ci$level)) 0.95 else x$ci$level
  fit <- svyquantile(~.y, d, cell$p, ci = TRUE, alpha = 1 - level, interval.type = kind,
                     qrule = if (is.null(x$rule)) "math" else x$rule, df = df)[[1]]
  compare(label, "value", cell$value, fit[1, "quantile"])
  compare_se(label, cell, fit[1, "se"])
  if (!is.null(cell$ci)) {
    compare(label, "ci_l", cell$ci[[1]], fit[1, 2])
    compare(label, "ci_u", cell$ci[[2]], fit[1, 3])
  }
}
# A contrast of means: its linearised value per row, as a total.
linear <- function(y, rows, share) {
  w <- weights(design, "sampling")
  z <- rep(0, nrow(data))
  now <- 0
  for (k in seq_along(rows)) {
    in_it <- rows[[k]] & !is.na(y) & w > 0
    if (!any(in_it)) return(NULL)
    size <- sum(w[in_it])
    mean <- sum(w[in_it] * y[in_it]) / size
    now <- now + share[k] * mean
    z[in_it] <- z[in_it] + share[k] * (y[in_it] - mean) / size
  }
  list(now = now, z = z)
}
score_shares <- function(x, unit_rows, y) {
  share <- unlist(x$shares)
  rows <- lapply(names(share), function(g) unit_rows & data[[x$group]] %in% g)
  w <- weights(design, "sampling")
  there <- sapply(rows, function(r) any(r & !is.na(y) & w > 0))
  if (identical(x$missing, "rescale")) share <- ifelse(there, share * sum(share) / sum(share[there]), 0)
  keep <- share != 0
  if (any(keep & !there)) return(NULL)
  linear(y, rows[keep], share[keep])
}
do_unit_score <- function(x, cell, label) {
  y <- number(cell$of)
  s <- score_shares(x, cell_rows(x, cell), y)
  if (is.null(s)) return(compare(label, "value", cell$value, NA))
  compare(label, "value", cell$value, s$now)
  compare_se(label, cell, as.numeric(SE(svytotal(~.y, with_y(s$z)))))
}
do_unit_pairs <- function(x, cell, label) {
  y <- number(cell$of)
  in_it <- cell_rows(x, list(by = list()))
  unit <- data[[x$unit]]
  a <- score_shares(x, in_it & unit %in% cell$by$unit_a, y)
  b <- score_shares(x, in_it & unit %in% cell$by$unit_b, y)
  if (is.null(a) || is.null(b)) return(compare(label, "value", cell$value, NA))
  compare(label, "value", cell$value, a$now - b$now)
  compare_se(label, cell, as.numeric(SE(svytotal(~.y, with_y(a$z - b$z)))))
}
do_change <- function(x, cell, label) {
  y <- number(cell$of)
  in_it <- cell_rows(x, cell)
  side <- data[[x$between]]
  v <- words(x$values)
  s <- linear(y, list(in_it & side %in% v[2], in_it & side %in% v[1]), c(1, -1))
  d <- if (isTRUE(x$independent)) make_design(x$between) else design
  if (is.null(s)) return(compare(label, "value", cell$value, NA))
  compare(label, "value", cell$value, s$now)
  compare_se(label, cell, as.numeric(SE(svytotal(~.y, update(d, .y = s$z)))))
}
do_regression <- function(x, cells, label) {
  family <- if (is.null(x$family)) "linear" else x$family
  if (length(x$by) || !(family %in% c("linear", "gaussian", "logit", "logistic", "binomial"))) return(FALSE)
  d <- design
  d$variables$.y <- number(x$y)
  in_it <- cell_rows(x, cells[[1]]) & !is.na(d$variables$.y)
  terms <- character(0)
  names_of <- list()
  for (name in words(x$x)) {
    v <- paste0(".x", length(terms))
    d$variables[[v]] <- number(name)
    in_it <- in_it & !is.na(number(name))
    names_of[[v]] <- name
    terms <- c(terms, v)
  }
  for (name in words(x$factors)) {
    v <- paste0(".f", length(terms), ".")
    in_it <- in_it & !is.na(data[[name]])
    names_of[[v]] <- name
    terms <- c(terms, v)
  }
  for (v in grep("^[.]f", terms, value = TRUE)) {
    level <- unique(data[[names_of[[v]]]][in_it])
    n <- suppressWarnings(as.numeric(level))
    level <- if (anyNA(n)) sort(level, method = "radix") else level[order(n)]
    d$variables[[v]] <- factor(data[[names_of[[v]]]], levels = level)
  }
  f <- reformulate(terms, ".y")
  d <- narrow(d, in_it)
  fit <- if (family %in% c("linear", "gaussian")) svyglm(f, d) else
    svyglm(f, d, family = quasibinomial(), control = list(epsilon = 1e-14, maxit = 200))
  value <- coef(fit)
  error <- SE(fit)
  called <- names(value)
  for (v in names(names_of)) {
    hit <- startsWith(called, v)
    called[hit] <- paste0(names_of[[v]], substring(called[hit], nchar(v) + 1))
  }
  for (cell in cells) {
    k <- match(cell$of, called)
    if (is.na(k)) return(FALSE)
    compare(paste(label, cell$of), "value", cell$value, value[[k]])
    compare(paste(label, cell$of), "se", cell$se, error[[k]])
  }
  TRUE
}
do_ttest <- function(x, cells, label) {
  if (length(x$by) || length(cells) != 1) return(FALSE)
  cell <- cells[[1]]
  y <- number(cell$of)
  in_it <- cell_rows(x, cell) & !is.na(y)
  if (!is.null(x$group)) {
    in_it <- in_it & !is.na(data[[x$group]])
    if (length(unique(data[[x$group]][in_it])) != 2) return(FALSE)
    d <- narrow(update(design, .y = y, .g = data[[x$group]]), in_it)
    fit <- svyttest(.y ~ .g, d)
  } else fit <- svyttest(.y ~ 0, narrow(with_y(y), in_it))
  compare(label, "value", cell$value, as.numeric(fit$estimate)[1])
  compare(label, "t", cell$t, as.numeric(fit$statistic))
  compare(label, "p", cell$p, as.numeric(fit$p.value))
  TRUE
}
do_chisq <- function(x, cells, label) {
  if (length(x$by) || length(cells) != 1) return(FALSE)
  d <- narrow(update(design, .r = factor(data[[x$rows]]), .c = factor(data[[x$cols]])),
              cell_rows(x, cells[[1]]) & !is.na(data[[x$rows]]) & !is.na(data[[x$cols]]))
  fit <- svychisq(~.r + .c, d, statistic = "F")
  compare(label, "value", cells[[1]]$value, as.numeric(fit$statistic))
  compare(label, "df1", cells[[1]]$df1, as.numeric(fit$parameter)[1])
  compare(label, "df2", cells[[1]]$df2, as.numeric(fit$parameter)[2])
  compare(label, "p", cells[[1]]$p, as.numeric(fit$p.value))
  TRUE
}

# ---- many cells at once ----------------------------------------------------
# A cell's statistic has a linearised value per row; survey makes the errors of
# forty of their totals in one go.  The first cell of each estimate is made
# the long way besides, by svymean and its like on the cell's own rows.
w <- weights(design, "sampling")
errors <- function(z, d = design) {
  out <- numeric(ncol(z))
  for (from in seq(1, by = 40, length.out = ceiling(ncol(z) / 40))) {
    k <- from:min(from + 39, ncol(z))
    out[k] <- sqrt(pmax(diag(as.matrix(vcov(svytotal(z[, k, drop = FALSE], d)))), 0))
  }
  out
}
pick <- function(cells, name) vapply(cells, function(c) if (is.null(c[[name]])) NA_real_ else as.numeric(c[[name]]), 0)
pick_ci <- function(cells, k) vapply(cells, function(c) if (is.null(c$ci)) NA_real_ else as.numeric(c$ci[[k]]), 0)
labels_of <- function(label, cells)
  vapply(cells, function(c) paste0(label, " ", c$of, " ", paste(names(c$by), unlist(c$by), sep = "=", collapse = " ")), "")
# The cell of each row, NA: none.
cell_at <- function(x, cells, by = names(cells[[1]]$by)) {
  row <- ifelse(in_x, 0, NA)
  cell <- rep(0, length(cells))
  for (name in by) {
    want <- vapply(cells, function(c) as.character(c$by[[name]]), "")
    level <- unique(want)
    k <- match(data[[name]], level)
    rest <- is.na(k) & !is.na(data[[name]])
    if (any(rest)) k[rest] <- match(number(name)[rest], suppressWarnings(as.numeric(level)), incomparables = NA)
    row <- row * length(level) + k - 1
    cell <- cell * length(level) + match(want, level) - 1
  }
  match(row, cell)
}
sum_by <- function(v, at, n) {
  out <- numeric(n)
  if (any(!is.na(at))) {
    s <- rowsum(v[!is.na(at)], at[!is.na(at)])
    out[as.integer(rownames(s))] <- s
  }
  out
}
columns_of <- function(z, at, n) {
  m <- matrix(0, nrow(data), n)
  i <- which(!is.na(at))
  m[cbind(i, at[i])] <- z[i]
  m
}
count_by <- function(what, at, n) {
  i <- !is.na(at) & !duplicated(at + (n + 1) * match(what, unique(what)))
  tabulate(at[i], n)
}
# n, df, value, error and t interval of cells with linearised values z.
put_cells <- function(x, cells, label, at, value, z) {
  n <- length(cells)
  se <- errors(columns_of(z, at, n))
  compare(label, "value", pick(cells, "value"), value)
  compare(label, "se", pick(cells, "se"), se, pmax(1e-12, 1e-8 * abs(value)))
  compare(label, "n", pick(cells, "n"), tabulate(at, n))
  compare(label, "df", pick(cells, "df"),
          count_by(design$cluster[, 1], at, n) - count_by(design$strata[, 1], at, n))
  compare(label, "sum_w", pick(cells, "sum_w"), sum_by(w, at, n))
  compare(label, "cv", pick(cells, "cv"), se / abs(value), 1e-8)
  t_limits(x, cells, label, value, se)
  se
}
t_limits <- function(x, cells, label, value, se) {
  if (!(is.null(x$ci$method) || x$ci$method %in% c("t", "mean"))) return(invisible())
  df <- pick(cells, if (identical(x$df, "design")) "df_design" else "df")
  level <- if (is.null(x$ci$level)) 0.95 else x$ci$level
  half <- suppressWarnings(qt(1 - (1 - level) / 2, df)) * se
  ours <- pick_ci(cells, 1)
  ours[!(df > 0)] <- NA
  compare(label, "ci_l", ours, value - half)
  ours <- pick_ci(cells, 2)
  ours[!(df > 0)] <- NA
  compare(label, "ci_u", ours, value + half)
}
# Errors of a simple sample of the same size: Kish's design effects.
put_deff <- function(x, cells, label, at, z, se) {
  if (!isTRUE(x$deff)) return(invisible())
  k <- length(cells)
  n <- tabulate(at, k)
  size <- sum_by(w, at, k)
  mean <- sum_by(w * z, at, k) / size
  spread <- n / (n - 1) * sum_by(w * (z - mean[at])^2, at, k) / size
  simple <- spread * size^2 / n
  compare(label, "deff", pick(cells, "deff"), se^2 / (simple * (size - n) / size))
  compare(label, "deff_replace", pick(cells, "deff_replace"), se^2 / simple)
}
by_of <- function(cells) split(cells, factor(vapply(cells, function(c) if (is.null(c$of)) "" else c$of, ""),
                                             unique(vapply(cells, function(c) if (is.null(c$of)) "" else c$of, ""))))
means_of <- function(x, cells, label, y) {
  at <- cell_at(x, cells)
  at[is.na(y) | !(w > 0)] <- NA
  k <- length(cells)
  size <- sum_by(w, at, k)
  sum <- sum_by(w * y, at, k)
  total <- x$stat == "total"
  value <- if (total) sum else sum / size
  z <- if (total) y else (y - value[at]) / size[at]
  label <- labels_of(label, cells)
  put_deff(x, cells, label, at, z, put_cells(x, cells, label, at, value, z))
}
all_means <- function(x, cells, label) for (own in by_of(cells))
  means_of(x, own, label, if (x$stat == "total" && is.null(x$of)) rep(1, nrow(data)) else
    if (x$stat == "proportion") share_column(x, own[[1]]$of) else number(own[[1]]$of))
# column=value: the share of a value among all.
all_distribution <- function(x, cells, label) {
  for (name in words(x$of)) {
    mine <- Filter(function(c) startsWith(c$of, paste0(name, "=")), cells)
    for (own in by_of(mine)) {
      value <- substring(own[[1]]$of, nchar(name) + 2)
      y <- as.numeric(data[[name]] == value | (number(name) == suppressWarnings(as.numeric(value))) %in% TRUE)
      means_of(x, own, label, y)
    }
  }
}
all_ratio <- function(x, cells, label) {
  of <- words(x$of)
  a <- number(of[1])
  b <- number(of[2])
  at <- cell_at(x, cells)
  at[is.na(a) | is.na(b) | !(w > 0)] <- NA
  k <- length(cells)
  size <- sum_by(w * b, at, k)
  value <- sum_by(w * a, at, k) / size
  z <- (a - value[at] * b) / size[at]
  label <- labels_of(label, cells)
  put_deff(x, cells, label, at, z, put_cells(x, cells, label, at, value, z))
}
# Scores of `units` as shares of group means: values, and a column a unit.
all_scores <- function(x, y, units) {
  share <- unlist(x$shares)
  u <- match(data[[x$unit]], units)
  g <- match(data[[x$group]], names(share))
  in_it <- in_x & !is.na(u) & !is.na(g) & !is.na(y) & w > 0
  at <- ifelse(in_it, (u - 1) * length(share) + g, NA)
  k <- length(units) * length(share)
  size <- sum_by(w, at, k)
  mean <- sum_by(w * y, at, k) / size
  s <- matrix(share, length(share), length(units))
  there <- matrix(size > 0, length(share))
  if (identical(x$missing, "rescale"))
    s <- sweep(ifelse(there, s, 0), 2, colSums(s) / colSums(ifelse(there, s, 0)), `*`)
  mean[size == 0 & as.vector(s) == 0] <- 0
  list(value = colSums(matrix(as.vector(s) * mean, length(share))),
       z = columns_of(as.vector(s)[at] * (y - mean[at]) / size[at], ifelse(is.na(at), NA, u), length(units)))
}
all_unit_score <- function(x, cells, label, detail, n_all) for (own in by_of(cells)) {
  s <- all_scores(x, number(own[[1]]$of), vapply(own, function(c) c$by[[1]], ""))
  names_of <- labels_of(label, own)
  v <- as.matrix(vcov(svytotal(s$z, design)))
  se <- sqrt(pmax(diag(v), 0))
  compare(names_of, "value", pick(own, "value"), s$value)
  compare(names_of, "se", pick(own, "se"), se, pmax(1e-12, 1e-8 * abs(s$value)))
  t_limits(x, own, names_of, s$value, se)
  cov <- detail$cov[[own[[1]]$of]]
  if (!is.null(cov) && length(cov) == length(own))
    compare(paste(label, own[[1]]$of), "covariance", vapply(unlist(cov, FALSE), function(v) if (is.null(v)) NA_real_ else v, 0),
            as.vector(t(v)), 1e-10 * max(abs(v)))
}
all_unit_pairs <- function(x, cells, label, detail, n_all) for (own in by_of(cells)) {
  a <- vapply(own, function(c) c$by$unit_a, "")
  b <- vapply(own, function(c) c$by$unit_b, "")
  units <- unique(c(a, b))
  s <- all_scores(x, number(own[[1]]$of), units)
  value <- s$value[match(a, units)] - s$value[match(b, units)]
  se <- errors(s$z[, match(a, units), drop = FALSE] - s$z[, match(b, units), drop = FALSE])
  put_test(x, own, labels_of(label, own), value, se, n_all)
}
# p adjusted over all cells of the estimate: only when all of them are open.
put_test <- function(x, cells, label, value, se, n_all) {
  compare(label, "value", pick(cells, "value"), value, 1e-10)
  compare(label, "se", pick(cells, "se"), se, pmax(1e-12, 1e-8 * abs(value)))
  t_limits(x, cells, label, value, se)
  t <- value / se
  p <- suppressWarnings(2 * pt(-abs(t), pick(cells, if (identical(x$df, "design")) "df_design" else "df")))
  compare(label, "t", pick(cells, "t"), t, 1e-9)
  compare(label, "p", pick(cells, "p"), p)
  if (length(cells) < n_all || anyNA(pick(cells, "p"))) return(invisible())
  compare(label, "p_holm", pick(cells, "p_holm"), p.adjust(p, "holm"))
  compare(label, "p_bh", pick(cells, "p_bh"), p.adjust(p, "BH"))
}
all_change <- function(x, cells, label, detail, n_all) for (own in by_of(cells)) {
  y <- number(own[[1]]$of)
  side <- match(data[[x$between]], words(x$values))
  k <- length(own)
  cell <- cell_at(x, own)
  at <- ifelse(is.na(y) | is.na(side) | !(w > 0), NA, 2 * (cell - 1) + side)
  size <- sum_by(w, at, 2 * k)
  mean <- sum_by(w * y, at, 2 * k) / size
  d <- if (isTRUE(x$independent)) make_design(x$between) else design
  before <- 2 * seq_len(k) - 1
  value <- mean[before + 1] - mean[before]
  label_of <- labels_of(label, own)
  z <- columns_of((y - mean[at]) / size[at], at, 2 * k)
  se <- errors(z, d)
  compare(label_of, "value1", pick(own, "value1"), mean[before])
  compare(label_of, "value2", pick(own, "value2"), mean[before + 1])
  compare(label_of, "se1", pick(own, "se1"), se[before])
  compare(label_of, "se2", pick(own, "se2"), se[before + 1])
  put_test(x, own, label_of, value, errors(z[, before + 1, drop = FALSE] - z[, before, drop = FALSE], d),
           n_all / length(by_of(cells)))
}
# Cronbach's alpha over complete rows, a function of means of squares.
all_alpha <- function(x, cells, label) {
  at <- cell_at(x, cells)
  item <- sapply(words(x$of), number)
  k <- ncol(item)
  for (c in seq_along(cells)) {
    in_it <- !is.na(at) & at == c & complete.cases(item) & w > 0
    size <- sum(w[in_it])
    off <- function(y) {
      y <- y - sum(w[in_it] * y[in_it]) / size
      v <- sum(w[in_it] * y[in_it]^2) / size
      list(v = v, z = ifelse(in_it, (y^2 - v) / size, 0))
    }
    each <- lapply(seq_len(k), function(j) off(item[, j]))
    all <- off(rowSums(item))
    a <- sum(sapply(each, `[[`, "v"))
    za <- rowSums(sapply(each, `[[`, "z"))
    value <- k / (k - 1) * (1 - a / all$v)
    z <- -k / (k - 1) * (za * all$v - a * all$z) / all$v^2
    now <- labels_of(label, cells[c])
    se <- errors(matrix(z))
    compare(now, "value", pick(cells[c], "value"), value)
    compare(now, "se", pick(cells[c], "se"), se, 1e-10)
    compare(now, "n", pick(cells[c], "n"), sum(in_it))
    t_limits(x, cells[c], now, value, se)
  }
}
# Mean, correlation with the outcome, and the gain in R2 over all orders.
all_drivers <- function(x, cells, label) {
  name <- words(x$x)
  m <- cbind(number(x$y), sapply(name, number))
  at <- cell_at(x, cells)
  for (own in split(cells, vapply(cells, function(c) paste(unlist(c$by), collapse = "\r"), ""))) {
    in_it <- !is.na(at) & at == match(TRUE, vapply(cells, function(c) identical(c$by, own[[1]]$by), TRUE)) &
      complete.cases(m) & w > 0
    fit <- cov.wt(m[in_it, ], w[in_it], cor = TRUE, method = "ML")
    k <- length(name)
    r2 <- vapply(seq_len(2^k) - 1, function(s) {
      j <- which(bitwAnd(s, 2^(seq_len(k) - 1)) > 0) + 1
      if (length(j)) sum(fit$cor[1, j] * solve(fit$cor[j, j], fit$cor[j, 1])) else 0
    }, 0)
    gain <- vapply(seq_len(k), function(j) {
      s <- which(bitwAnd(seq_len(2^k) - 1, 2^(j - 1)) == 0) - 1
      size <- vapply(s, function(s) sum(bitwAnd(s, 2^(seq_len(k) - 1)) > 0), 0)
      sum((r2[s + 2^(j - 1) + 1] - r2[s + 1]) / (k * choose(k - 1, size)))
    }, 0)
    j <- match(vapply(own, function(c) c$of, ""), name)
    compare(labels_of(label, own), "performance", pick(own, "performance"), fit$center[-1][j])
    compare(labels_of(label, own), "importance", pick(own, "importance"), fit$cor[1, -1][j])
    compare(labels_of(label, own), "lmg", pick(own, "lmg"), gain[j])
  }
}

# ---- all of them -----------------------------------------------------------
cellwise <- list(mean = do_mean, total = do_mean, ratio = do_ratio, proportion = do_proportion,
                 quantile = do_quantile, unit_score = do_unit_score, unit_pairs = do_unit_pairs,
                 change = do_change)
at_once <- list(mean = all_means, total = all_means, ratio = all_ratio, proportion = all_means,
                distribution = all_distribution, alpha = all_alpha, drivers = all_drivers)
tables <- list(unit_score = all_unit_score, unit_pairs = all_unit_pairs, change = all_change)
whole <- list(regression = do_regression, ttest = do_ttest, chisq = do_chisq)
known <- c(names(cellwise), names(at_once), names(whole))
# Of a domain R averages over the domain's strata: each cell needs its own.
long_way <- lonely == "average"
cell_by_cell <- function(x, r, cells, label)
  for (cell in cells)
    cellwise[[r$stat]](x, cell, labels_of(label, list(cell)))
options(survey.lonely.psu = lonely)
for (i in seq_along(result$estimates)) {
  x <- spec$estimates[[i]]
  r <- result$estimates[[i]]
  cells <- Filter(function(c) !is.null(c$value), r$cells)
  label <- paste0(i, " ", r$name)
  reason <- if (nzchar(never)) never else if (!(r$stat %in% known) || long_way && r$stat %in% c("alpha", "distribution"))
    paste("statistic", r$stat) else ""
  if (nzchar(reason)) {
    left <- c(left, paste0(label, ": ", reason))
    next
  }
  if (length(cells) == 0) {
    left <- c(left, paste0(label, ": no open cell"))
    next
  }
  in_x <- passes(spec$where) & passes(x$where) # rows that the estimate is of
  why <- tryCatch({
    if (!is.null(cellwise[[r$stat]]))
      cell_by_cell(x, r, if (long_way || r$stat == "quantile") cells else cells[1], label)
    if (!is.null(whole[[r$stat]])) {
      if (isTRUE(whole[[r$stat]](x, cells, label))) "" else "this form of it"
    } else {
      if (r$stat == "drivers" || !long_way && !is.null(at_once[[r$stat]])) at_once[[r$stat]](x, cells, label)
      if (!long_way && !is.null(tables[[r$stat]]))
        tables[[r$stat]](x, cells, label, r$detail, length(r$cells))
      ""
    }
  }, error = function(e) {
    wrong[[length(wrong) + 1]] <<- data.frame(estimate = label, what = conditionMessage(e), phieu = NA, R = NA, difference = NA)
    ""
  })
  if (nzchar(why)) left <- c(left, paste0(label, ": ", why))
}
for (l in left) cat("not repeated in R:", l, "\n")
if (length(wrong)) {
  options(width = 200)
  print(do.call(rbind, wrong), digits = 17, row.names = FALSE)
}
cat(sprintf("N=%d compared, worst relative difference %.1e, %d differ, %d estimates not repeated\n",
            compared, worst, length(wrong), length(left)))
quit(status = if (length(wrong) || compared == 0 && !length(left)) 1 else 0)
