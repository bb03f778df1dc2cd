-- What consoles found where the cloud cannot look, by the key of the check: {state, detail, by, at}.
alter table onboarding add column console_checks json not null default '{}';
