-- No freeze of this wave while its plan changes (FREEZE_LOCK, shared).
-- $1 code
SELECT pg_advisory_xact_lock_shared(7001, wave) FROM plan.wave
WHERE code = $1;
