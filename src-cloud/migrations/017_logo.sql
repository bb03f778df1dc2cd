-- The client's logo: a small PNG as a data URL, scaled and drawn anew by the console that took it.
alter table tenant add column logo text check (length(logo) <= 16384);
grant update (logo) on tenant to bulkhead_api;
