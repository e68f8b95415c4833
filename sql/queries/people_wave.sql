-- $1 code: is there such a wave?
SELECT wave FROM plan.wave WHERE code = $1;
