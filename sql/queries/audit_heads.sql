-- The head of every lane.
SELECT lane, seq, hash FROM audit.lane ORDER BY lane;
