# Golden values of tests/test_traps.c: R 4.2.2, survey 4.1.1.
# Run in tests/golden: Rscript traps.R
suppressMessages(library(survey))
say <- function(n, x) cat(n, sprintf("%.17g", x), "\n")
d <- read.csv("../data/oracle/sipas.csv")
api <- read.csv("../data/oracle/apistrat.csv")
uc <- svydesign(~psu_uc, strata = ~strat_uc, weights = ~w, data = d)
# 1: the persons of one commune of a stratum and of another stratum
dom <- d$psu_uc %in% unique(d$psu_uc)[c(1, 2, 7)]
say("1 domain", SE(svymean(~overall, subset(uc, dom))))
own <- svydesign(~psu_uc, strata = ~strat_uc, weights = ~w, data = d[dom, ])
options(survey.lonely.psu = "certainty")
say("1 subset", SE(svymean(~overall, own)))
# 2: four strata, one lonely; the domain has rows in three of them
s <- data.frame(h = c("a", "a", "b", "b", "c", "d", "d"), w = c(2, 3, 1, 4, 5, 2, 2),
                y = c(1, 4, 2, 7, 5, 3, 8), g = c(1, 1, 1, 1, 1, 0, 0))
options(survey.lonely.psu = "average")
a <- svydesign(~1, strata = ~h, weights = ~w, data = s)
say("2 all", SE(svymean(~y, a)))
say("2 domain", SE(svymean(~y, subset(a, g == 1))))
options(survey.lonely.psu = "fail")
# 3: Woodruff
q <- svyquantile(~age, uc, 0.3, ci = TRUE, interval.type = "mean",
                 qrule = "math")
say("3 quantile", unlist(q$age))
# 5: a t test, a mean's interval, a beta interval
t <- svyttest(overall ~ sex, uc)
say("5 ttest df, p", c(t$parameter, t$p.value))
say("5 mean", confint(svymean(~overall, uc), df = degf(uc)))
i <- svyciprop(~I(visits > 3), uc, method = "beta")
say("5 beta", c(coef(i), confint(i)))
# 6: raking by calibrate(), and rake()
sx <- data.frame(sex = c("F", "M"), Freq = c(37362, 40696))
ty <- data.frame(type = c("CIT", "ORG"), Freq = c(68554, 9504))
c1 <- calibrate(uc, ~sex + type, c(78058, 40696, 9504), calfun = "raking",
                epsilon = 1e-14)
say("6 raking", SE(svymean(~overall, c1)))
say("6 rake()", SE(svymean(~overall, rake(uc, list(~sex, ~type), list(sx, ty)))))
# 7: logit at the solution, and where svyglm stops
st <- svydesign(~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = api)
api$y <- as.numeric(api$sch.wide == "Yes")
st <- update(st, y = as.numeric(sch.wide == "Yes"))
m <- svyglm(y ~ ell + meals + mobility, st, family = quasibinomial(),
            control = list(epsilon = 1e-15, maxit = 100))
say("7 solution", SE(m))
say("7 default", SE(svyglm(y ~ ell + meals + mobility, st,
                           family = quasibinomial())))
# 9: chi-squared
x <- svychisq(~service + satisfied, uc, statistic = "Chisq")
say("9 Chisq", c(x$statistic, x$parameter, x$p.value))
# 11: the same share by two designs; a model without degrees of freedom
ms2 <- svydesign(~district + commune, strata = ~vung, weights = ~w,
                 fpc = ~N_district + M_commune, data = d)
for (k in list(uc, ms2)) {
	p <- svymean(~satisfied, k)
	say("11 share", c(degf(k), coef(p), confint(p, df = degf(k))))
}
g <- svyglm(overall ~ E1 + E2 + E3 + E4 + E5, ms2)
say("11 df", g$df.residual)
