-- Keeps the payment basis with a freeze.  $1 wave, $2 freeze
SELECT encode(field.payment_freeze($1::integer, $2::integer), 'hex');
