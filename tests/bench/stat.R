# What bench_stat compares with.  usage: Rscript stat.R DIR ROWS [bootstrap]
# Prints seconds of svydesign, svyby, postStratify + svyby, rake + svyby, R's
# peak in MiB, then mean and error of each unit, three times; with bootstrap
# seconds of 500 Rao-Wu replicates and svyby on them, then the peak and means
# and errors.
suppressMessages(library(survey))
a <- commandArgs(TRUE)
n <- as.integer(a[2])
f <- file(file.path(a[1], "d.bin"), "rb")
d <- data.frame(y = readBin(f, "double", n), w = readBin(f, "double", n),
	fpc = readBin(f, "double", n), unit = readBin(f, "integer", n),
	stratum = readBin(f, "integer", n), sex = readBin(f, "integer", n),
	age = readBin(f, "integer", n))
post <- readBin(f, "double", 10)
close(f)
time <- function(x) {
	gc()
	system.time(x)[["elapsed"]]
}
out <- function(m) as.vector(rbind(coef(m), SE(m)))
by <- function(s) svyby(~y, ~unit, s, svymean)
t1 <- time(s <- svydesign(ids = ~1, strata = ~stratum, weights = ~w, fpc = ~fpc, data = d))
if (length(a) > 2) {
	set.seed(1)
	t <- time({
		r <- as.svrepdesign(s, type = "subbootstrap", replicates = 500)
		m <- by(r)
	})
	cat(sprintf("%.17g\n", c(t, sum(gc()[, 6]), out(m))), sep = "")
	quit()
}
t2 <- time(m <- by(s))
p <- data.frame(sex = rep(0:1, each = 5), age = rep(0:4, 2), Freq = post)
t3 <- time({
	s3 <- postStratify(s, ~ sex + age, p)
	m3 <- by(s3)
})
sx <- aggregate(Freq ~ sex, p, sum)
ag <- aggregate(Freq ~ age, p, sum)
t4 <- time({
	s4 <- rake(s, list(~sex, ~age), list(sx, ag), control = list(maxit = 100, epsilon = 1e-10, verbose = FALSE))
	m4 <- by(s4)
})
peak <- sum(gc()[, 6])
# rake's own error is an approximation: the residuals of calibrate() are asked
total <- c(sum(sx$Freq), sx$Freq[2], ag$Freq[-1])
names(total) <- c("(Intercept)", "sex", paste0("factor(age)", 1:4))
s4 <- calibrate(s, ~ sex + factor(age), population = total, calfun = "raking",
	epsilon = 1e-11, maxit = 100)
m4 <- by(s4)
cat(sprintf("%.17g\n", c(t1, t2, t3, t4, peak, out(m), out(m3), out(m4))), sep = "")
