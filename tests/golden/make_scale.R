# Expected values for tests/test_scale_golden.c, from R packages that are not
# part of phieu: lavaan, polycor, mvtnorm, GPArotation, psych, lme4, survey.
# R is needed only to make them again, from this folder:
#   Rscript make_scale.R > ../data/scale_golden.json
suppressPackageStartupMessages({
	library(jsonlite); library(survey); library(lavaan); library(psych); library(lme4)
})
data <- "../data/oracle/"
bfi <- read.csv(paste0(data, "bfi25.csv"))[, -1]
reversed <- c("A1", "C4", "C5", "E1", "E2", "O2", "O5")
bfi[, reversed] <- 7 - bfi[, reversed]
sipas <- read.csv(paste0(data, "sipas.csv"))
back <- read.csv(paste0(data, "sipas_backcheck.csv"))
rows <- function(m) unname(lapply(seq_len(nrow(m)), function(i) I(as.numeric(m[i, ]))))
out <- list(software = sapply(c("survey", "psych", "lme4", "lavaan", "polycor", "mvtnorm", "GPArotation"),
	function(p) as.character(packageVersion(p))))
out$software <- as.list(c(R = as.character(getRversion()), out$software))
sign_rule <- function(L) sweep(L, 2, ifelse(colSums(L) < 0, -1, 1), "*")

# Bivariate normal: TVPACK (Genz's own code), arguments of all sizes.
set.seed(20261)
h <- c(round(rnorm(60) * 2, 3), 0, 0, -8, 6); k <- c(round(rnorm(60) * 2, 3), 0, 1, -8, 6.5)
r <- c(round(runif(40, -1, 1), 4), .9249, .925, -.925, .95, -.95, .99, -.99, .999, -.999, .9999, -.9999, 1 - 1e-6,
	-1 + 1e-6, .5, -.5, .1, 0, .3, -.3, .7, .2, -.4, .999, -.99)
out$bivariate_normal <- list(h = h, k = k, r = r, p = mapply(function(a, b, c) as.numeric(mvtnorm::pmvnorm(
	upper = c(a, b), corr = matrix(c(1, c, c, 1), 2), algorithm = mvtnorm::TVPACK(abseps = 1e-15))), h, k, r))

# F quantiles, fractional degrees of freedom too; qf() is polished, for where
# df1 is small it is off by up to 1e-6.
qf_fine <- function(p, a, b) { x <- log(qf(p, a, b)); exp(uniroot(function(l) if (p < .5) pf(exp(l), a, b) - p else
	1 - p - pf(exp(l), a, b, lower.tail = FALSE), x + c(-.01, .01), tol = 1e-15)$root) }
g <- expand.grid(p = c(.005, .025, .5, .975, .995), df1 = c(.7, 1, 4, 299, 61.37), df2 = c(1, 3.3, 300, 60000))
out$fisher <- list(p = g$p, df1 = g$df1, df2 = g$df2, x = mapply(qf_fine, g$p, g$df1, g$df2))

# Polychoric correlations in two steps; polycor (its optimiser stops at 1e-5 or
# so) for two pairs; the standard error of the first by 400 bootstrap samples
# (lavaan's and polycor's own suppose the normal model, which these data refute).
ord <- bfi[complete.cases(bfi[, 1:5]), 1:5]
f <- lavCor(ord, ordered = names(ord), output = "fit", se = "none")
pe <- subset(parameterEstimates(f), op == "~~" & lhs != rhs)
th <- subset(parameterEstimates(f), op == "|")
out$polychoric <- list(n = nrow(ord), a = I(pe$lhs), b = I(pe$rhs), rho = pe$est,
	threshold_item = I(th$lhs), threshold = th$est,
	polycor = c(polycor::polychor(ord$A1, ord$A2), polycor::polychor(ord$A2, ord$A3)))
tab <- table(ord$A1, ord$A2)
set.seed(1)
out$polychoric$bootstrap <- sd(replicate(400, polycor::polychor(matrix(rmultinom(1, sum(tab), tab / sum(tab)), 6))))
t2 <- table(sipas$on_time, sipas$satisfied)
t2[] <- as.integer(t2)
tp <- function(p) { a <- qnorm(rowSums(p)[1]); b <- qnorm(colSums(p)[1])
	uniroot(function(r) mvtnorm::pmvnorm(upper = c(a, b), corr = matrix(c(1, r, r, 1), 2), algorithm = mvtnorm::TVPACK(1e-15)) - p[1, 1],
		c(-.999, .999), tol = 1e-15)$root }
out$tetrachoric <- list(table = rows(t2), rho = tp(t2 / sum(t2)))

# Rotations and factor analysis of several factors.
B <- bfi[complete.cases(bfi), ]; R <- cor(B); n <- nrow(B)
e <- eigen(R); L <- sign_rule(e$vectors[, 1:5] %*% diag(sqrt(e$values[1:5])))
rotate <- function(L) { o <- GPArotation::oblimin(L, eps = 1e-7, maxit = 1e4); A <- unclass(o$loadings)
	i <- order(-colSums(A^2)); A <- A[, i]; P <- o$Phi[i, i]; s <- ifelse(colSums(A) < 0, -1, 1)
	list(loadings = rows(A %*% diag(s)), phi = rows(diag(s) %*% P %*% diag(s))) }
out$oblimin <- rotate(L)
fa <- factanal(B, 5, rotation = "none", control = list(nstart = 1, lower = 1e-4, opt = list(factr = 1e1, maxit = 1e5)))
out$factor5 <- list(n = n, uniquenesses = as.numeric(fa$uniquenesses), loadings = rows(sign_rule(unclass(fa$loadings))),
	chi2 = as.numeric(fa$STATISTIC), df = fa$dof, p = as.numeric(fa$PVAL), objective = as.numeric(fa$criteria["objective"]))
out$factor5$oblimin <- rotate(sign_rule(unclass(fa$loadings)))
vm <- varimax(sign_rule(unclass(fa$loadings)), eps = 1e-15); V <- unclass(vm$loadings); V <- V[, order(-colSums(V^2))]
out$factor5$varimax <- rows(sign_rule(V))
# weighted omega
it <- paste0("Q0", 1:4); cc <- complete.cases(sipas[, it]); W <- cov.wt(sipas[cc, it], sipas$w[cc] / sum(sipas$w[cc]), method = "ML")
f1 <- factanal(covmat = cov2cor(W$cov), factors = 1, control = list(lower = 1e-4, opt = list(factr = 1e1)))
l <- abs(as.numeric(f1$loadings)); u <- as.numeric(f1$uniquenesses)
out$omega_weighted <- list(loadings = l, omega = sum(l)^2 / (sum(l)^2 + sum(u)))

# Parallel analysis by simulated raw data.
set.seed(4711)
ev <- replicate(20000, eigen(cor(matrix(rnorm(120 * 8), 120)), symmetric = TRUE, only.values = TRUE)$values)
out$parallel <- list(n = 120, k = 8, mean = rowMeans(ev), q95 = apply(ev, 1, quantile, .95, type = 7), sd = apply(ev, 1, sd))

# Design-based error of alpha: a smooth function of means of products.
d <- sipas[cc, ]; for (i in 1:4) for (j in i:4) d[[paste0("p", i, j)]] <- d[[it[i]]] * d[[it[j]]]
des <- svydesign(ids = ~psu_uc, strata = ~strat_uc, weights = ~w, data = d)
pr <- unlist(lapply(1:4, function(i) paste0("p", i, i:4)))
m <- svymean(as.formula(paste("~", paste(c(it, pr), collapse = "+"))), des)
v <- function(i, j) sprintf("(%s-%s*%s)", paste0("p", min(i, j), max(i, j)), it[i], it[j])
tr <- paste(sapply(1:4, function(i) v(i, i)), collapse = "+")
al <- paste(outer(1:4, 1:4, Vectorize(v)), collapse = "+")
a <- svycontrast(m, list(alpha = parse(text = sprintf("4/3*(1-(%s)/(%s))", tr, al))[[1]]))
out$alpha_design <- list(alpha = as.numeric(coef(a)), se = as.numeric(SE(a)))

# Kappa's error for independent rows: the delta method by numeric derivatives
# of a multinomial.
P <- table(factor(back$overall, 1:5), factor(back$overall_bc, 1:5)); nn <- sum(P); P <- as.numeric(P) / nn
D <- abs(outer(1:5, 1:5, "-")) / 4
kap <- function(p, W) { T <- matrix(p / sum(p), 5); 1 - sum(W * T) / sum(W * outer(rowSums(T), colSums(T))) }
se <- function(W) { g <- sapply(seq_along(P), function(i) { h <- 1e-4; f <- function(s) { q <- P; q[i] <- q[i] + s; kap(q, W) }
	(8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h) }); sqrt((sum(P * g^2) - sum(P * g)^2) / nn) }
out$kappa_se <- list(plain = se((D > 0) * 1), linear = se(D), quadratic = se(D^2))

# Four raters.
M <- sipas[cc, it]; ic <- ICC(as.matrix(M), lmer = FALSE)$results
out$icc4 <- lapply(split(ic, ic$type), function(z) c(z$ICC, z$F, z$df1, z$df2, z$p, z$`lower bound`, z$`upper bound`))
# A variance component of 0 and one far from it.
set.seed(12); yy <- round(rnorm(60), 3); gg <- rep(1:12, length.out = 60)
y0 <- yy - ave(yy, gg) + rep(c(.01, -.01), 30); y1 <- y0 + 5 * ((gg * 7) %% 5)
re <- function(y) { m <- suppressMessages(lmer(y ~ 1 + (1 | g), data.frame(y, g = factor(gg)), control = lmerControl(optimizer = "bobyqa",
	optCtrl = list(rhoend = 1e-12)))); v <- as.data.frame(VarCorr(m)); c(v$vcov, fixef(m)[[1]], -2 * as.numeric(logLik(m))) }
out$reml <- list(g = gg, y0 = y0, zero = re(y0), y1 = y1, far = re(y1))
cat(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = 1), "\n")
