# Reads data.csv, spec.json and result.json beside it, makes every estimate
# again with R's survey package and prints how far the two are apart.
# Exit: 0 all agree, 1 some differ.  Needs R and the package survey; nothing
# else.  Rscript verify.R [--tolerance 1e-8]
suppressMessages(library(survey))
arg <- commandArgs(FALSE)
at <- sub("^--file=", "", grep("^--file=", arg, value = TRUE))
here <- if (length(at)) dirname(at[1]) else "."
arg <- commandArgs(TRUE)
tolerance <- if (length(arg) == 2 && arg[1] == "--tolerance") as.numeric(arg[2]) else 1e-8

# ---- JSON: objects and arrays as lists, null as NULL inside list(NULL) ----
json_read <- function(path) {
  s <- paste(readLines(path, encoding = "UTF-8", warn = FALSE), collapse = "\n")
  pattern <- "\"(?:[^\"\\\\]|\\\\.)*\"|-?[0-9][0-9.eE+-]*|true|false|null|[{}\\[\\],:]"
  token <- regmatches(s, gregexpr(pattern, s, perl = TRUE))[[1]]
  i <- 0
  text <- function(t) {
    t <- substr(t, 2, nchar(t) - 1)
    if (!grepl("\\", t, fixed = TRUE)) return(t)
    t <- gsub("\\/", "/", t, fixed = TRUE)
    eval(parse(text = paste0("\"", t, "\""), encoding = "UTF-8"))
  }
  value <- function() {
    i <<- i + 1
    t <- token[i]
    if (t == "{" || t == "[") {
      out <- list()
      end <- if (t == "{") "}" else "]"
      while (token[i + 1] != end) {
        if (token[i + 1] == ",") { i <<- i + 1; next }
        if (t == "{") {
          key <- text(token[i + 1])
          i <<- i + 2
          out[key] <- list(value())
        } else out <- c(out, list(value()))
      }
      i <<- i + 1
      return(out)
    }
    if (substr(t, 1, 1) == "\"") return(text(t))
    switch(t, true = TRUE, false = FALSE, null = NULL, as.numeric(t))
  }
  value()
}
spec <- json_read(file.path(here, "spec.json"))
result <- json_read(file.path(here, "result.json"))
data <- read.csv(file.path(here, "data.csv"), colClasses = "character",
                 na.strings = "", check.names = FALSE, encoding = "UTF-8")
number <- function(name) suppressWarnings(as.numeric(data[[name]]))
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
  if (is.null(ours)) return(invisible())
  if (length(theirs) != 1) theirs <- NA
  size <- max(abs(ours), abs(theirs))
  gap <- if (is.na(size)) NA else if (size <= zero) 0 else abs(ours - theirs) / size
  compared <<- compared + 1
  worst <<- max(worst, gap, na.rm = TRUE)
  if (!isTRUE(gap <= tolerance))
    wrong[[length(wrong) + 1]] <<- data.frame(estimate = label, what = what, phieu = ours, R = theirs, difference = gap)
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

# ---- all of them -----------------------------------------------------------
cellwise <- list(mean = do_mean, total = do_mean, ratio = do_ratio, proportion = do_proportion,
                 quantile = do_quantile, unit_score = do_unit_score, unit_pairs = do_unit_pairs,
                 change = do_change)
whole <- list(regression = do_regression, ttest = do_ttest, chisq = do_chisq)
options(survey.lonely.psu = lonely)
for (i in seq_along(result$estimates)) {
  x <- spec$estimates[[i]]
  r <- result$estimates[[i]]
  cells <- Filter(function(c) !is.null(c$value), r$cells)
  label <- paste0(i, " ", r$name)
  reason <- if (nzchar(never)) never else if (is.null(cellwise[[r$stat]]) && is.null(whole[[r$stat]]))
    paste("statistic", r$stat) else ""
  if (nzchar(reason)) {
    left <- c(left, paste0(label, ": ", reason))
    next
  }
  if (length(cells) == 0) {
    left <- c(left, paste0(label, ": no open cell"))
    next
  }
  why <- tryCatch({
    if (!is.null(cellwise[[r$stat]])) {
      for (cell in cells)
        cellwise[[r$stat]](x, cell, paste0(label, " ", cell$of, " ", paste(names(cell$by), unlist(cell$by), sep = "=", collapse = " ")))
      ""
    } else if (isTRUE(whole[[r$stat]](x, cells, label))) "" else "this form of it"
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
