# Rscript verify_all.R FOLDER...: runs the verify.R of each folder as
# `Rscript FOLDER/verify.R` does, in one R: to start R with survey takes two
# seconds.  What each prints goes into FOLDER.out, the code it ends with into
# FOLDER.code; the last one prints here and ends this R by itself.
suppressMessages(library(survey))
run <- function(folder, own) source(file.path(folder, "verify.R"), local = own, encoding = "UTF-8")
asked <- function(folder) {
  own <- new.env()
  own$commandArgs <- function(trailingOnly = FALSE)
    if (trailingOnly) character(0) else paste0("--file=", folder, "/verify.R")
  own
}
folders <- commandArgs(TRUE)
for (folder in head(folders, -1)) {
  own <- asked(folder)
  own$quit <- function(status = 0, ...)
    stop(structure(class = c("ended", "condition"), list(message = "", call = NULL, status = status)))
  sink(paste0(folder, ".out"))
  code <- tryCatch({
    run(folder, own)
    0
  }, ended = function(c) c$status, error = function(e) {
    print(e)
    1
  })
  sink()
  writeLines(as.character(code), paste0(folder, ".code"))
}
run(tail(folders, 1), asked(tail(folders, 1)))
