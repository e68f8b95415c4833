# Golden values of models, tests and factors under replicates, and of the
# linearised errors of what is made from correlations: R 4.2.2, survey 4.1.1.
# Run in tests/golden: Rscript replicate_models.R
# Writes ../data/golden/replicate_models.json and ../data/oracle/models_rep.csv
# (rows of sipas.csv with replicate factors of their own).
suppressMessages(library(survey))
options(digits = 17, survey.multicore = FALSE)
o <- "../data/oracle/"
J <- function(x, ...) jsonlite::toJSON(x, digits = NA, auto_unbox = TRUE,
                                       null = "null", na = "null", ...)
d <- read.csv(paste0(o, "sipas.csv"))
d$sex <- factor(d$sex)

# ---- data with factors as columns ------------------------------------------
set.seed(20201)
s <- d[seq(1, nrow(d), 5), c("id", "strat_uc", "psu_uc", "w", "sex", "age",
                             "age_group", "service", "overall", "satisfied",
                             "E1", "E2", "E3", "E4", "E5")]
f <- matrix(round(rgamma(nrow(s) * 14, 4, 4), 3), ncol = 14)
colnames(f) <- sprintf("R%02d", 1:14)
s <- cbind(s, f)
s$overall[c(7, 19)] <- NA
write.csv(s, paste0(o, "models_rep.csv"), row.names = FALSE, quote = FALSE,
          na = "")
s <- read.csv(paste0(o, "models_rep.csv"))
s$sex <- factor(s$sex)
rsc <- c(0.9, 1.1, 0, rep(1, 9), 0.5, 2)

# ---- designs: R's and ours -------------------------------------------------
uc <- svydesign(~psu_uc, strata = ~strat_uc, weights = ~w, data = d)
given <- function(file, key, scale, mse = FALSE) {
	t <- read.csv(paste0(o, file))
	svrepdesign(data = d, weights = ~w, type = "other",
	            repweights = as.matrix(t[match(key, t[[1]]), -1]),
	            combined.weights = FALSE, scale = scale,
	            rscales = rep(1, ncol(t) - 1), mse = mse)
}
raowu <- given("sipas_rep_raowu.csv", d$commune, 1 / 59)
pop <- data.frame(sex = rep(c("F", "M"), 5),
	age_group = rep(sort(unique(d$age_group)), each = 2),
	Freq = c(3572, 4652, 7511, 6805, 14974, 16228, 8308, 9109, 2997, 3902))
api <- read.csv(paste0(o, "apistrat.csv"))
clu <- read.csv(paste0(o, "apiclus1.csv"))
our_uc <- '"design":{"strata":"strat_uc","clusters":"psu_uc","weights":"w"}'
our_sipas <- paste0('"data":"sipas.csv",', our_uc, ",")
rw <- paste0('"data":"sipas.csv","design":{"strata":"district","clusters":',
             '"commune","weights":"w"},')
sw <- '"data":"models_rep.csv","design":{"weights":"w"},'
cols <- paste0('"columns":[', paste0('"', colnames(f), '"', collapse = ","),
               ']')
columns <- function(combined, mse, scale, rscales)
	svrepdesign(data = s, weights = ~w, type = "other",
	            repweights = as.matrix(s[, colnames(f)]) ,
	            combined.weights = combined, scale = scale,
	            rscales = rscales, mse = mse)
designs <- list(
	jkn = list(as.svrepdesign(uc, type = "JKn"),
		paste0(our_sipas, '"replicates":{"method":"jkn"}')),
	jkn_mse = list(as.svrepdesign(uc, type = "JKn", mse = TRUE),
		paste0(our_sipas, '"replicates":{"method":"jkn","mse":true}')),
	brr = list(given("sipas_rep_brr.csv", paste(d$district, d$brr_half,
		sep = "."), 1 / 8),
		paste0(our_sipas, '"replicates":{"file":"sipas_rep_brr.csv",',
		       '"by":["district","brr_half"],"scale":0.125}')),
	fay = list(given("sipas_rep_fay30.csv", paste(d$district, d$brr_half,
		sep = "."), 1 / (8 * 0.49), TRUE),
		paste0(our_sipas, '"replicates":{"file":"sipas_rep_fay30.csv",',
		       '"by":["district","brr_half"],"mse":true,"scale":',
		       sprintf("%.17g", 1 / (8 * 0.49)), "}")),
	raowu = list(raowu,
		paste0(rw, '"replicates":{"file":"sipas_rep_raowu.csv"}')),
	raowu_post = list(postStratify(raowu, ~sex + age_group, pop,
			compress = FALSE),
		paste0(rw, '"calibrate":{"method":"poststratify","margins":[{',
		       '"by":["sex","age_group"],"totals":{"F":{',
		       paste0('"', pop$age_group[pop$sex == "F"], '":',
			      pop$Freq[pop$sex == "F"], collapse = ","),
		       '},"M":{',
		       paste0('"', pop$age_group[pop$sex == "M"], '":',
			      pop$Freq[pop$sex == "M"], collapse = ","),
		       '}}}]},"replicates":{"file":"sipas_rep_raowu.csv"}')),
	columns = list(columns(FALSE, FALSE, 0.07, rsc),
		paste0(sw, '"replicates":{', cols, ',"scale":0.07,"rscales":',
		       J(rsc), "}")),
	columns_mse = list(columns(FALSE, TRUE, 0.07, rsc),
		paste0(sw, '"replicates":{', cols, ',"scale":0.07,"mse":true,',
		       '"rscales":', J(rsc), "}")),
	combined = list(columns(TRUE, FALSE, 0.02, rep(1, 14)),
		paste0(sw, '"replicates":{', cols, ',"scale":0.02,',
		       '"combined":true}')))

# ---- statistics ------------------------------------------------------------
ctl <- list(epsilon = 1e-15, maxit = 100)
fit <- function(m, name) {
	V <- vcov(m)
	se <- sqrt(diag(V))
	p <- if (m$df.residual > 0)
		2 * pt(-abs(coef(m) / se), m$df.residual) else NA * se
	list(stat = name, coef = unname(coef(m)), se = unname(se),
	     p = unname(p), df = m$df.residual,
	     vcov = unname(as.matrix(V)[, ]))
}
glm1 <- function(des, f, fam) fit(do.call(svyglm, list(f, des,
	family = fam, control = ctl)), "regression")
tt <- function(des, f) {
	t <- svyttest(f, des)
	list(stat = "ttest", coef = unname(t$estimate),
	     se = unname(t$estimate / t$statistic), df = unname(t$parameter),
	     p = unname(t$p.value))
}
chi <- function(des, f) {
	one <- function(s) {
		t <- svychisq(f, des, statistic = s)
		list(statistic = unname(drop(t$statistic)),
		     df = unname(t$parameter), p = unname(drop(t$p.value)))
	}
	list(stat = "chisq", F = one("F"), Chisq = one("Chisq"),
	     Wald = one("Wald"), adjWald = one("adjWald"))
}
# the ordinal model by Newton, solved anew in every replicate
polr <- function(w, X, y) {
	L <- max(y) + 1L
	k <- ncol(X)
	Fn <- plogis
	fn <- dlogis
	grad <- function(t) {
		cut <- c(-Inf, t[-(1:k)], Inf)
		eta <- drop(X %*% t[1:k])
		a <- cut[y + 2] - eta
		b <- cut[y + 1] - eta
		p <- Fn(a) - Fn(b)
		G <- matrix(0, nrow(X), k + L - 1)
		G[, 1:k] <- -X * ((fn(a) - fn(b)) / p)
		for (j in 1:(L - 1))
			G[, k + j] <- (ifelse(y == j - 1, fn(a), 0) -
				ifelse(y == j, fn(b), 0)) / p
		colSums(G * w)
	}
	jac <- function(t) {
		M <- sapply(seq_along(t), function(i) {
			h <- 1e-4 * max(abs(t[i]), 0.1)
			e <- replace(numeric(length(t)), i, h)
			(8 * (grad(t + e) - grad(t - e)) -
				(grad(t + 2 * e) - grad(t - 2 * e))) / (12 * h)
		})
		(M + t(M)) / 2
	}
	cum <- cumsum(tapply(w, y, sum)) / sum(w)
	t <- c(rep(0, k), qlogis(cum[1:(L - 1)]))
	for (i in 1:60) {
		st <- solve(jac(t), grad(t))
		t <- t - st
		if (max(abs(st)) < 1e-13) break
	}
	t
}
ordinal <- function(des, v, yv) {
	full <- weights(des, "sampling")
	ok <- complete.cases(des$variables[, c(v, yv)])
	X <- as.matrix(des$variables[ok, v])
	y <- as.integer(factor(des$variables[ok, yv])) - 1L
	r <- withReplicates(des, function(w, data) polr(w[ok], X, y))
	V <- as.matrix(attr(r, "var"))
	list(stat = "ordinal", coef = as.vector(r), se = sqrt(diag(V)),
	     df = degf(des) + 1 - length(r), vcov = unname(V[, ]))
}

# ---- correlations ----------------------------------------------------------
cors <- function(w, M) cov.wt(M, w, cor = TRUE, method = "ML")$cor
lmg <- function(R) {
	k <- ncol(R) - 1
	r2 <- function(set) if (length(set) == 0) 0 else
		drop(R[1, set + 1] %*% solve(R[set + 1, set + 1], R[set + 1, 1]))
	sapply(1:k, function(j) {
		rest <- setdiff(1:k, j)
		sum(sapply(0:(2^(k - 1) - 1), function(b) {
			set <- rest[bitwAnd(b, 2^(seq_along(rest) - 1)) > 0]
			n <- length(set)
			factorial(n) * factorial(k - n - 1) / factorial(k) *
				(r2(c(set, j)) - r2(set))
		}))
	})
}
drive <- function(R) c(R[1, -1], lmg(R), sum(lmg(R)))
# ML factors by Newton on the log uniquenesses from factanal's
uniq <- function(R, m) {
	k <- ncol(R)
	g <- function(t) {
		S <- R * exp(-outer(t, t, "+") / 2)
		E <- eigen(S, symmetric = TRUE)
		i <- (m + 1):k
		drop(E$vectors[, i, drop = FALSE]^2 %*% (1 - E$values[i]))
	}
	t <- log(factanal(covmat = R, factors = m, rotation = "none")$uniquenesses)
	for (it in 1:40) {
		H <- sapply(1:k, function(i) {
			e <- replace(numeric(k), i, 1e-4)
			(8 * (g(t + e) - g(t - e)) -
				(g(t + 2 * e) - g(t - 2 * e))) / 12e-4
		})
		st <- solve((H + t(H)) / 2, g(t))
		t <- t - st
		if (max(abs(st)) < 1e-14) break
	}
	exp(t)
}
omega <- function(R) {
	u <- uniq(R, 1)
	E <- eigen(R * outer(u, u, function(a, b) 1 / sqrt(a * b)))
	l <- sum(E$vectors[, 1] * sqrt(E$values[1] - 1) * sqrt(u))
	l^2 / (l^2 + sum(u))
}
of_R <- list(pca = function(R) eigen(R)$values, omega = omega,
             factor = function(R) 1 - uniq(R, 2), drivers = drive)
items <- list(pca = c("E1", "E2", "E3", "E4", "E5"),
              omega = c("Q01", "Q02", "Q03", "Q04", "Q05", "Q06"),
              factor = sprintf("Q%02d", 1:8),
              drivers = c("overall", "E1", "E2", "E3", "E4"))
by_replicates <- function(des, what) {
	M <- as.matrix(des$variables[, items[[what]]])
	ok <- complete.cases(M)
	r <- withReplicates(des, function(w, data)
		of_R[[what]](cors(w[ok], M[ok, ])))
	V <- as.matrix(attr(r, "var"))
	list(stat = what, value = as.vector(r), se = sqrt(diag(V)))
}
# linearised: covariance of means of x and x x', then the delta method with
# numerical derivatives
by_delta <- function(des, what) {
	v <- items[[what]]
	k <- length(v)
	ok <- complete.cases(des$variables[, v])
	des <- subset(des, ok)
	at <- colMeans(des$variables[, v])
	Z <- sweep(as.matrix(des$variables[, v]), 2, at)
	up <- which(upper.tri(diag(k), TRUE), arr.ind = TRUE)
	P <- cbind(Z, Z[, up[, 1]] * Z[, up[, 2]])
	colnames(P) <- paste0("m", seq_len(ncol(P)))
	des <- do.call(update, c(list(des), as.data.frame(P)))
	m <- svymean(as.formula(paste("~", paste(colnames(P), collapse = "+"))),
	             des)
	th <- function(t) {
		C <- matrix(0, k, k)
		C[up] <- t[-(1:k)] - t[up[, 1]] * t[up[, 2]]
		C[lower.tri(C)] <- t(C)[lower.tri(C)]
		of_R[[what]](cov2cor(C))
	}
	t <- coef(m)
	G <- sapply(seq_along(t), function(i) {
		h <- (if (what == "pca") 1e-4 else 1e-3) * max(abs(t[i]), 0.1)
		e <- replace(numeric(length(t)), i, h)
		(8 * (th(t + e) - th(t - e)) - (th(t + 2 * e) - th(t - 2 * e))) /
			(12 * h)
	})
	G <- matrix(G, ncol = length(t))
	list(stat = what, value = th(t),
	     se = sqrt(diag(G %*% vcov(m) %*% t(G))))
}

# ---- cases -----------------------------------------------------------------
ask <- c(linear = paste0('{"stat":"regression","y":"overall","x":["E1","E3",',
                         '"age"],"factors":["sex"]}'),
	domain = paste0('{"stat":"regression","y":"overall","x":["E1","E3"],',
	                '"where":{"age_group":"35-49"}}'),
	logit = paste0('{"stat":"regression","family":"logit","y":"satisfied",',
	               '"x":["E1","E3","age"]}'),
	ordinal = paste0('{"stat":"regression","family":"ordinal","y":',
	                 '"overall","x":["E1","E3","age"]}'),
	ttest = '{"stat":"ttest","of":"overall","group":"sex"}',
	chisq = '{"stat":"chisq","rows":"service","cols":"satisfied"}',
	pca = paste0('{"stat":"pca","of":["E1","E2","E3","E4","E5"],',
	             '"factors":1}'),
	omega = paste0('{"stat":"omega","of":[', paste0('"', items$omega, '"',
	               collapse = ","), "]}"),
	factor = paste0('{"stat":"factor","factors":2,"of":[', paste0('"',
	                items$factor, '"', collapse = ","), "]}"),
	drivers = '{"stat":"drivers","y":"overall","x":["E1","E2","E3","E4"]}')
make <- function(what, des, scale) switch(what,
	linear = glm1(des, overall ~ E1 + E3 + age + sex, gaussian()),
	domain = {
		dd <- subset(des, age_group == "35-49")
		glm1(dd, overall ~ E1 + E3, gaussian())
	},
	logit = glm1(des, satisfied ~ E1 + E3 + age, quasibinomial()),
	ordinal = ordinal(des, c("E1", "E3", "age"), "overall"),
	ttest = tt(des, overall ~ sex),
	chisq = chi(des, ~service + satisfied), by_replicates(des, what))
cases <- list()
add <- function(id, head, what, expected) {
	cases[[length(cases) + 1]] <<- list(id = paste0(id, ".", what),
		spec = paste0("{", head, ',"estimates":[', ask[[what]], "]}"),
		expected = expected)
}
for (id in names(designs)) for (what in names(ask)) {
	des <- designs[[id]][[1]]
	if (what %in% c("ordinal", "pca", "omega", "factor", "drivers") &&
	    !(id %in% c("jkn", "jkn_mse", "raowu", "raowu_post")) &&
	    !(what == "ordinal" && id == "columns_mse"))
		next
	add(id, designs[[id]][[2]], what, make(what, des))
}
for (what in c("pca", "omega", "factor", "drivers"))
	add("linearised", substr(our_sipas, 1, nchar(our_sipas) - 1), what,
	    by_delta(uc, what))
ms3 <- svydesign(~district + commune + id, strata = ~vung, weights = ~w,
                 fpc = ~N_district + M_commune + N_person, data = d)
for (what in c("pca", "drivers"))
	add("three_stages", paste0('"data":"sipas.csv","design":{"strata":[',
		'"vung",null,null],"clusters":["district","commune","id"],',
		'"weights":"w","fpc":["N_district","M_commune","N_person"]}'),
		what, by_delta(ms3, what))
# the two real sets, fpc in the scale
real <- list(
	apistrat = list(as.svrepdesign(svydesign(~1, strata = ~stype,
		weights = ~pw, fpc = ~fpc, data = api), type = "JKn"),
		paste0('"data":"apistrat.csv","design":{"strata":"stype",',
		'"weights":"pw","fpc":"fpc"},"replicates":{"method":"jkn"}')),
	apiclus1 = list(as.svrepdesign(svydesign(~dnum, weights = ~pw,
		fpc = ~fpc, data = clu), type = "JK1"),
		paste0('"data":"apiclus1.csv","design":{"clusters":"dnum",',
		'"weights":"pw","fpc":"fpc"},"replicates":{"method":"jk1"}')))
for (id in names(real)) {
	des <- real[[id]][[1]]
	ask["api"] <- paste0('{"stat":"regression","y":"api00","x":["ell",',
		'"meals","mobility"]}')
	add(id, real[[id]][[2]], "api",
	    glm1(des, api00 ~ ell + meals + mobility, gaussian()))
	ask["wide"] <- paste0('{"stat":"ttest","of":"api00","group":"sch.wide"}')
	add(id, real[[id]][[2]], "wide", tt(des, api00 ~ sch.wide))
	ask["table"] <- '{"stat":"chisq","rows":"sch.wide","cols":"awards"}'
	add(id, real[[id]][[2]], "table", chi(des, ~sch.wide + awards))
}
writeLines(J(list(note = paste("models, tests and functions of correlations;",
	"replicates: survey::svyglm, svyttest, svychisq, withReplicates;",
	"linearised: svymean of products and the delta method"),
	software = list(R = paste(R.version$major, R.version$minor, sep = "."),
		survey = as.character(packageVersion("survey"))),
	cases = cases), pretty = 1), "../data/golden/replicate_models.json")
