-- The hash of the token that a used one was exchanged for: where that one was never used, its answer was lost.
alter table refresh_token add column successor text;
