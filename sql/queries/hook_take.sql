-- The next event that is due, locked until the transaction ends.
SELECT event, id, kind, url, secret, body, attempts, failures
FROM publish.hook_take();
