# One Makefile, no recursion into folders.  The library lists below are the
# architecture: a binary links only what it is named with.
# BUILD=debug|asan|cov|release.  `make demo` and `make test` do all set-up.
# V=1 shows the commands.
BUILD   ?= debug
Q       := $(if $(V),,@)
say      = $(if $(V),,@printf '%-4s %s\n' $(1) $@)
B       := build/$(BUILD)
ifeq ($(origin CC),default)
CC := gcc
endif
AR      := gcc-ar
STD     := -std=c11 -D_GNU_SOURCE
WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion \
           -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
           -Wwrite-strings -Wpointer-arith -Wformat=2 -Wvla -Wundef \
           -Wfloat-conversion -Wimplicit-fallthrough -Wtrampolines \
           -Wbidi-chars=any -Werror
PQ_INC  := -I/usr/include/postgresql
INC     := -Iinclude -I$(B)/gen
# OpenSSF's compiler options hardening guide, as far as gcc 12 has them.
HARD    := -fstack-protector-strong -fstack-clash-protection \
           -fcf-protection=full -fPIE -fno-common -fno-strict-aliasing \
           -fno-delete-null-pointer-checks -fno-strict-overflow \
           -ftrivial-auto-var-init=zero -Werror=format-security
OPT_debug   := -O1 -g
OPT_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
               -fno-omit-frame-pointer
OPT_cov     := -O0 -g --coverage
OPT_release := -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
# clang for the fuzzers (`make fuzz`): gcc alone judges by warnings, and clang
# 14 wants a second option before it initialises variables.
OPT_fuzz    := -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all \
               -fsanitize=fuzzer-no-link,address,undefined,float-cast-overflow
ifeq ($(BUILD),fuzz)
CC   := clang
WARN := -w
HARD := $(filter-out -ftrivial-auto-var-init=zero,$(HARD))
endif
CFLAGS  += $(STD) $(WARN) $(HARD) $(OPT_$(BUILD)) $(INC)
LDFLAGS += -pie -Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,-z,nodlopen \
           -Wl,--as-needed $(OPT_$(BUILD))

objs = $(patsubst %.c,$(B)/%.o,$(1))
DB_C      := $(wildcard core/db*.c) core/copy.c core/migrate.c
HTTP_C    := $(wildcard core/http*.c)
CORE      := $(call objs,$(filter-out $(DB_C) $(HTTP_C),$(wildcard core/*.c)))
DB        := $(call objs,$(DB_C)) $(B)/gen/queries.o $(B)/gen/migrations.o
HTTP      := $(call objs,$(HTTP_C))
STORE_C   := $(wildcard collector/store_*.c analysis/store_*.c server/store_*.c)
# files with a main, and what belongs to one program only
MAINS_C   := collector/phieu_collector.c collector/phieu_upload.c \
             server/phieu_server.c server/phieu.c
SERVICE_C := $(wildcard collector/service*.c)
UPLOAD_C  := $(wildcard collector/upload*.c collector/outbox*.c)
COLLECTOR := $(call objs,$(filter-out $(STORE_C) $(MAINS_C) $(SERVICE_C) $(UPLOAD_C),$(wildcard collector/*.c)))
ANALYSIS  := $(call objs,$(filter-out $(STORE_C),$(wildcard analysis/*.c)))
STORE     := $(call objs,$(STORE_C))
WEB_C     := $(wildcard server/web_*.c server/page_*.c)
# where the database is and as whom: both services and the CLI
HOST_C    := server/cluster.c server/run_as.c server/connect.c
HOST      := $(call objs,$(HOST_C))
# from a plan and answers to results; the job around it needs a database
RESULT_C  := server/score_plan.c server/score_run.c server/responses.c \
             $(wildcard server/result*.c) server/guard_text.c server/estimate_close.c \
             server/estimate_fields.c $(wildcard server/round_*.c) \
             server/self_sheet.c server/self_read.c server/doc_read.c \
             $(wildcard server/inspect_*.c) $(wildcard server/acts*.c) \
             $(wildcard server/ledger_*.c) server/explain_print.c \
             server/roster_read.c server/audit_head.c server/ballot_key.c server/ballot_read.c \
             server/desks.c $(filter-out $(STORE_C) $(WEB_C) server/cmd_% server/ledger_%,$(wildcard server/*_desk.c))
RESULT    := $(call objs,$(RESULT_C))
# frozen answers row by row, for data sets and their feed; explanations, which
# join results with what the database knows of them; reports, year on year
FEED      := $(call objs,server/explain_round.c server/wave_source.c server/strata.c server/dataset.c \
             server/dataset_export.c server/report_job.c $(wildcard server/change_*.c) server/chart_number.c \
             $(wildcard server/odata_*.c))
# numbers of sheets as pictures
CARDS     := $(call objs,server/sheet_cards.c server/qr.c)
CLI_C     := $(filter-out $(STORE_C) $(MAINS_C) $(WEB_C),$(wildcard server/*.c))

LCORE := $(B)/libcore.a
LDB   := $(B)/libdb.a
LHTTP := $(B)/libhttp.a
LCOL  := $(B)/libcollector.a
LANA  := $(B)/libanalysis.a
LSTO  := $(B)/libstore.a
LWEB  := $(B)/libweb.a
LIBS  := $(LCORE) $(LDB) $(LHTTP) $(LCOL) $(LANA) $(LSTO) $(LWEB)

L_CORE := -lcjson -lsodium -lutf8proc -lexpat -lzip -lxlsxwriter -lz -lm
L_ANA  := -lgsl -lgslcblas -lgmp
BINARIES := $(B)/phieu-collector $(B)/phieu-upload $(B)/phieu-server $(B)/phieu

UNIT     := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/test_*.c))
DBTESTS  := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/dbtest_*.c))
BENCHES  := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/bench/*.c))
FUZZERS  := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/fuzz/fuzz_*.c))
SUPPORT  := $(call objs,$(wildcard tests/support/*.c))
QUERIES  := $(sort $(wildcard sql/queries/*.sql))
MIGRATIONS := $(sort $(wildcard sql/[0-9][0-9][0-9]_*.sql))
GEN      := $(B)/gen/phieu/queries.h $(B)/gen/phieu/verify_r.h
# the agent's page as built by npm; in the tree, so that make needs no npm
PAGE     := $(sort $(wildcard collector/web/dist/*))

.PHONY: all demo test trial bench check check-unit check-db check-service \
        lint format fuzz valgrind coverage docs install dist clean distclean \
        libs tests benches fuzzers
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:

all: $(BINARIES)
libs: $(LIBS)
tests: $(UNIT) $(DBTESTS)
benches: $(BENCHES)

$(LCORE): $(CORE)
$(LDB): $(DB)
$(LHTTP): $(HTTP)
$(LCOL): $(COLLECTOR)
$(LANA): $(ANALYSIS)
$(LSTO): $(STORE)
$(LWEB): $(call objs,$(WEB_C))
$(LIBS):
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

# The link line of each binary is the architecture.  Cairo draws the pictures of
# reports; the services have no use for it.
$(B)/phieu-collector: $(B)/collector/phieu_collector.o $(call objs,$(SERVICE_C)) \
		$(B)/gen/page_files.o $(HOST) $(LSTO) $(LCOL) $(LHTTP) $(LDB) $(LCORE)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lpq -lmicrohttpd -lgnutls $(L_CORE)
$(B)/phieu-upload: $(B)/collector/phieu_upload.o $(call objs,$(UPLOAD_C)) \
		$(LCOL) $(LCORE)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcurl -lsqlite3 $(L_CORE)
$(B)/phieu-server: $(B)/server/phieu_server.o $(LWEB) $(FEED) $(CARDS) \
		$(HOST) $(RESULT) $(LSTO) $(LCOL) $(LANA) $(LHTTP) $(LDB) $(LCORE)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lpq -lmicrohttpd -lgnutls -lqrencode $(L_CORE) $(L_ANA)
$(B)/phieu: $(B)/server/phieu.o $(call objs,$(CLI_C)) \
		$(LSTO) $(LCOL) $(LANA) $(LDB) $(LCORE)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lpq -lcurl -lqrencode -lcairo -lreadstat $(L_CORE) $(L_ANA)

$(B)/gen/phieu/queries.h: sql/sql2c.awk $(QUERIES)
	@mkdir -p $(@D)
	$(Q)awk -v mode=h -f sql/sql2c.awk $(QUERIES) >$@
$(B)/gen/phieu/verify_r.h: server/verify_r2c.awk server/verify.R
	@mkdir -p $(@D)
	$(Q)awk -f server/verify_r2c.awk server/verify.R >$@
$(B)/gen/queries.c: sql/sql2c.awk $(QUERIES) $(GEN)
	$(Q)awk -v mode=c -f sql/sql2c.awk $(QUERIES) >$@
$(B)/gen/migrations.c: sql/migrations2c.awk $(MIGRATIONS) $(GEN)
	$(Q)sha256sum $(MIGRATIONS) | awk -f sql/migrations2c.awk - $(MIGRATIONS) >$@
$(B)/gen/page_files.c: collector/web/dist2c.sh $(PAGE) $(GEN)
	$(Q)collector/web/dist2c.sh $(PAGE) >$@
$(B)/gen/%.o: $(B)/gen/%.c
	$(Q)$(CC) $(filter-out -Wpedantic,$(CFLAGS)) -c -o $@ $<

$(B)/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS) $(PQ_INC) -MMD -MP -c -o $@ $<
$(B)/tests/%.o: CFLAGS += -Itests

# Unit tests link the pure libraries, database tests everything.
$(filter-out %/test_outbox %/test_scans %/test_upload_show %/test_pull %/test_hook %/test_child %/test_run_as %/test_chart %/test_dataset %/test_odata,$(UNIT)): $(B)/tests/%: $(B)/tests/%.o $(SUPPORT) $(RESULT) $(LHTTP) $(LCOL) $(LANA) $(LCORE)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka -lmicrohttpd -lgnutls -lcurl $(L_CORE) $(L_ANA)
$(DBTESTS): $(B)/tests/%: $(B)/tests/%.o $(SUPPORT) $(call objs,server/score_job.c server/score_released.c) $(RESULT) $(LWEB) $(FEED) $(CARDS) $(HOST) $(LSTO) $(LCOL) $(LANA) $(LHTTP) $(LDB) $(LCORE)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka -lpq -lmicrohttpd -lgnutls -lcurl -lqrencode $(L_CORE) $(L_ANA)
$(BENCHES): $(B)/tests/%: $(B)/tests/%.o $(B)/server/score_job.o $(RESULT) $(LSTO) $(LCOL) $(LANA) $(LDB) $(LCORE)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lpq -lcurl -lpthread $(L_CORE) $(L_ANA)
# mixing is of `phieu`
$(B)/tests/dbtest_ballot: $(B)/server/ballot_mix.o
# the sender of webhooks is of `phieu`
$(B)/tests/dbtest_hooks: $(B)/server/hook.o $(B)/server/curl_ask.o
# their allocations fail one by one
$(B)/tests/test_estimate_nomem: LDFLAGS += -Wl,--wrap=calloc,--wrap=malloc,--wrap=realloc
$(B)/tests/test_criteria: LDFLAGS += -Wl,--wrap=calloc,--wrap=malloc,--wrap=realloc
$(B)/tests/test_forms_nomem: LDFLAGS += -Wl,--wrap=calloc,--wrap=malloc,--wrap=realloc
$(B)/tests/test_index_change: LDFLAGS += -Wl,--wrap=malloc
$(B)/tests/test_index_sure: LDFLAGS += -Wl,--wrap=calloc,--wrap=malloc,--wrap=gsl_rng_alloc
$(B)/tests/test_score_refused: LDFLAGS += -Wl,--wrap=calloc,--wrap=malloc
$(B)/tests/test_stats_scale_nomem: LDFLAGS += -Wl,--wrap=calloc,--wrap=malloc,--wrap=realloc
$(B)/tests/test_survey_once: LDFLAGS += -Wl,--wrap=calloc,--wrap=malloc
$(B)/tests/test_weights_nomem: LDFLAGS += -Wl,--wrap=calloc,--wrap=malloc,--wrap=pthread_create -Wl,--wrap=gsl_matrix_alloc,--wrap=gsl_vector_alloc,--wrap=gsl_root_fsolver_alloc
# upload's parts are tested too
$(B)/tests/test_pull $(B)/tests/test_hook: $(B)/tests/test_%: $(B)/server/%.o $(B)/server/curl_ask.o $(B)/tests/test_%.o $(LHTTP) $(LCORE)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka -lmicrohttpd -lgnutls -lcurl $(L_CORE)
$(B)/tests/test_outbox $(B)/tests/test_scans $(B)/tests/test_upload_show: $(B)/tests/%: $(call objs,$(UPLOAD_C)) $(B)/tests/%.o $(SUPPORT) $(RESULT) $(LHTTP) $(LCOL) $(LANA) $(LCORE)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ -Wl,--start-group $^ -Wl,--end-group -lcmocka -lmicrohttpd -lgnutls -lcurl -lsqlite3 $(L_CORE) $(L_ANA)

$(B)/tests/test_chart: $(call objs,$(wildcard server/chart*.c)) $(B)/tests/test_chart.o $(LCORE)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka -lcairo $(L_CORE)

$(B)/tests/test_dataset: $(call objs,$(filter-out server/dataset_export.c server/dataset_file.c,$(wildcard server/dataset*.c))) $(B)/tests/test_dataset.o $(LCOL) $(LCORE)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka -lreadstat $(L_CORE)

$(B)/tests/test_page_area: $(call objs,server/page_area_rows.c server/page_field.c)
$(B)/tests/test_odata: $(call objs,server/dataset.c $(wildcard server/odata_*.c)) $(B)/tests/test_odata.o $(LCOL) $(LCORE)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(L_CORE)

# programs started by ours
$(B)/tests/test_child $(B)/tests/test_run_as: $(B)/tests/test_%: $(B)/server/%.o $(B)/tests/test_%.o $(LCORE)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(L_CORE)

$(FUZZERS): $(B)/tests/%: $(B)/tests/%.o $(LHTTP) $(LCOL) $(LANA) $(LCORE)
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ -Wl,--start-group $^ -Wl,--end-group -lmicrohttpd $(L_CORE) $(L_ANA)
# what phieu-upload alone reads
$(B)/tests/fuzz/fuzz_reply: $(B)/collector/upload_reply.o
$(B)/tests/fuzz/fuzz_scan_reply: L_CORE += -lcurl -lsqlite3
$(B)/tests/fuzz/fuzz_scan_reply: $(call objs,$(UPLOAD_C))
$(B)/tests/fuzz/fuzz_ledger: $(B)/server/ledger_read.o
$(B)/tests/fuzz/fuzz_roster: $(B)/server/roster_read.o
$(B)/tests/fuzz/fuzz_audit_head: $(B)/server/audit_head.o
$(B)/tests/fuzz/fuzz_ballot: $(call objs,server/ballot_key.c server/ballot_read.c)
$(B)/tests/fuzz/fuzz_odata: $(call objs,server/dataset.c $(wildcard server/odata_*.c))
$(B)/tests/fuzz/fuzz_upload_table: $(B)/collector/upload_table.o
# workbooks of criteria
$(B)/tests/fuzz/fuzz_criteria: $(call objs,$(filter-out server/round_archive%,$(wildcard server/round_*.c)) server/doc_read.c)
# archives, and what they recompute
$(B)/tests/fuzz/fuzz_archive: $(RESULT)
# `phieu pull-forms`, whose network the target plays
$(B)/tests/fuzz/fuzz_pull_forms: $(B)/server/pull_forms.o
$(B)/tests/fuzz/fuzz_pull_state: L_CORE += -lcurl
$(B)/tests/fuzz/fuzz_pull_state: $(call objs,server/pull.c server/pull_forms.c server/curl_ask.c)
# documents of the office
$(B)/tests/fuzz/fuzz_inspect: $(call objs,server/inspect_read.c server/inspect_tables.c server/doc_read.c server/round_read.c)

# ---- checks -------------------------------------------------------------
check-unit: tests
	@tests/run.sh $(BUILD) unit
check-db: all tests
	@tests/run.sh $(BUILD) db
check-service: all tests
	@tests/run.sh $(BUILD) service
check: check-unit check-db lint

SRC  := $(wildcard core/*.c collector/*.c analysis/*.c server/*.c)
HDR  := $(wildcard include/phieu/*.h core/*.h collector/*.h analysis/*.h server/*.h)
ALLC := $(SRC) $(HDR) $(wildcard tests/*.c tests/support/*.[ch] tests/fuzz/*.c tests/bench/*.[ch])
format:
	clang-format -i $(ALLC)
lint: $(GEN) all
	@tests/lint.sh $(BUILD)

# Line coverage by all tests, and per room; analysis/ and validation are held
# to 100 %, the whole to 90 %.
coverage:
	@tests/setup.sh test
	@$(MAKE) --no-print-directory -j2 BUILD=cov all tests
	@tests/coverage.sh

# FUZZ_TIME seconds a target, 0: the committed corpora once; FUZZ=NAME one only
FUZZ_TIME ?= 20
fuzzers: $(FUZZERS)
fuzz:
	@$(MAKE) --no-print-directory BUILD=fuzz fuzzers
	@tests/fuzz/run.sh build/fuzz $(FUZZ_TIME) $(FUZZ)

valgrind: tests
	@for t in $(UNIT); do valgrind -q --leak-check=full --error-exitcode=9 $$t || exit 1; done

# ---- the two commands of the README ---------------------------------------
demo:
	@tests/setup.sh run
	@$(MAKE) --no-print-directory -j2 BUILD=release all
	@tests/demo.sh build/release

test:
	@tests/setup.sh test
	@tests/all.sh

# Every figure beside its limit: a table and build/bench.json.
bench:
	@tests/setup.sh run
	@$(MAKE) --no-print-directory -j2 BUILD=release all benches
	@tests/bench/run.sh

# Long trials: kill loops, soak, hours of fuzzing, a bare Debian 12.
trial:
	@tests/setup.sh trial
	@TRIAL=1 tests/all.sh

docs: all
	PHIEU_BIN=$(CURDIR)/$(B) tests/lint/help_docs.sh --write

PREFIX ?= /usr/local
# what is installed is hardened and optimised, whatever was being worked on
install:
	@$(MAKE) --no-print-directory -j2 BUILD=release all
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(patsubst $(B)/%,build/release/%,$(BINARIES)) $(DESTDIR)$(PREFIX)/bin
	install -d $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 docs/man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1

dist:
	@mkdir -p build
	git archive --prefix=phieu/ HEAD | gzip -9n >build/phieu.tar.gz

clean:
	rm -rf build
# also the state that demo and phieu up made by default, when nothing runs in it
distclean:
	@tests/distclean.sh
	rm -rf build


-include $(shell find $(B) -name '*.d' 2>/dev/null)
