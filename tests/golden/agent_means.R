# Check values of tests/test_agent_means.c: Welch's test of each agent's sheets
# against all others of the same form and unit by t.test, Holm by p.adjust, the
# effect by the pooled standard deviation.  Synthetic; base R only.
#	Rscript tests/golden/agent_means.R >tests/data/golden/agent_means.csv
set.seed(20261121)
cells <- list(c(1, 4, 11, 25, 60, 18), c(1, 4, 12, 40, 78, 9),
              c(1, 4, 13, 12, 61, 25), c(1, 5, 11, 30, 55, 15),
              c(1, 5, 14, 30, 57, 15), c(2, 0, 11, 11, 40, 5),
              c(2, 0, 12, 200, 44, 30), c(2, 0, 13, 10, 90, 0),
              c(2, 0, 14, 9, 10, 4), c(3, 7, 15, 50, 50, 10))
x <- do.call(rbind, lapply(cells, function(k)
  data.frame(form = k[1], home = k[2], agent = k[3],
             y = round(rnorm(k[4], k[5], k[6]), 2))))
out <- unique(x[c("form", "home", "agent")])
one <- function(i) {
  cell <- x$form == out$form[i] & x$home == out$home[i]
  a <- x$y[cell & x$agent == out$agent[i]]
  b <- x$y[cell & x$agent != out$agent[i]]
  r <- c(n = length(a), mean = mean(a), variance = var(a),
         n_others = length(b), mean_others = if (length(b)) mean(b) else NA,
         t = NA, df = NA, p = NA, effect = NA)
  if (length(a) >= 10 && length(b) >= 10) {
    w <- t.test(a, b)
    s <- sqrt((var(a) * (length(a) - 1) + var(b) * (length(b) - 1)) /
              (length(a) + length(b) - 2))
    r[6:9] <- c(w$statistic, w$parameter, w$p.value, (mean(a) - mean(b)) / s)
  }
  r
}
out <- cbind(out, t(sapply(seq_len(nrow(out)), one)))
out$p_holm <- p.adjust(out$p, "holm")
cat(paste0("# ", R.version.string, ", t.test, p.adjust\n"))
options(digits = 17)
write.csv(format(out, digits = 17, trim = TRUE), row.names = FALSE,
          quote = FALSE)
