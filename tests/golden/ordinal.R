# Golden values of the ordinal model: R 4.2, survey 4.1 for the design.
# Run in tests/golden: Rscript ordinal.R > ../data/golden/ordinal.json
# The score equations are solved here by Newton with a numerical Jacobian of
# the analytical gradient; svyolr, which stops early, is asked to agree to 1e-3.
suppressMessages(library(survey))
options(digits = 17)
d <- read.csv("../data/oracle/sipas.csv")
d <- d[complete.cases(d[, c("overall", "E1", "E3", "age")]), ]
d$sexM <- as.numeric(d$sex == "M")
des <- svydesign(ids = ~psu_uc, strata = ~strat_uc, weights = ~w, data = d)
X <- as.matrix(d[, c("E1", "E3", "sexM", "age")])
y <- as.integer(factor(d$overall)) - 1L
L <- max(y) + 1L
k <- ncol(X)
F <- plogis
f <- dlogis
rows <- function(t) {
	cut <- c(-Inf, t[-(1:k)], Inf)
	eta <- drop(X %*% t[1:k])
	a <- cut[y + 2] - eta
	b <- cut[y + 1] - eta
	p <- F(a) - F(b)
	G <- matrix(0, nrow(X), k + L - 1)
	G[, 1:k] <- -X * ((f(a) - f(b)) / p)
	for (j in 1:(L - 1)) {
		G[, k + j] <- (ifelse(y == j - 1, f(a), 0) -
			ifelse(y == j, f(b), 0)) / p
	}
	G * d$w
}
grad <- function(t) colSums(rows(t))
jac <- function(t) {
	n <- length(t)
	J <- matrix(0, n, n)
	for (i in 1:n) {
		h <- 1e-4 * max(abs(t[i]), 0.1)
		e <- replace(numeric(n), i, h)
		J[, i] <- (8 * (grad(t + e) - grad(t - e)) -
			(grad(t + 2 * e) - grad(t - 2 * e))) / (12 * h)
	}
	(J + t(J)) / 2
}
cum <- cumsum(tapply(d$w, y, sum)) / sum(d$w)
t <- c(rep(0, k), qlogis(cum[1:(L - 1)]))
for (i in 1:60) {
	s <- solve(jac(t), grad(t))
	t <- t - s
	if (max(abs(s)) < 1e-14) break
}
Z <- rows(t) %*% solve(-jac(t))
V <- attr(svytotal(Z / d$w, des), "var")
m <- svyolr(factor(overall) ~ E1 + E3 + sexM + age, des)
stopifnot(all(abs(coef(m) / t - 1) < 1e-3))
num <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ", "), "]")
cat("{\n", sprintf('"n": %d,\n"df": %d,\n', nrow(d), degf(des)),
    '"coef": ', num(t), ',\n"se": ', num(sqrt(diag(V))), ',\n"vcov": ',
    num(V), "\n}\n", sep = "")
