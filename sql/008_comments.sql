-- What every schema, table and column is for, in plain words: what
-- `\d+` shows to whoever looks after the database.  A later migration that
-- adds a table or column comments it itself.
COMMENT ON SCHEMA plan IS
    'What a wave asks, of whom, about whom: loaded from a plan file, never edited by hand';
COMMENT ON SCHEMA field IS
    'The fieldwork side: who brought which sheet and what it said; destroyed at the retention date';
COMMENT ON SCHEMA frozen IS
    'The frozen side: what scoring reads; no agent, sheet number, time or device';
COMMENT ON SCHEMA people IS
    'Accounts of people and keys of programs';
COMMENT ON SCHEMA roster IS
    'Persons who are handed a sheet; never meets sheet numbers';
COMMENT ON SCHEMA audit IS
    'Hash-chained log: acts of people, batches of intake';
COMMENT ON SCHEMA publish IS
    'Snapshots of results, the ledger of releases, what index engines pull';
COMMENT ON SCHEMA meta IS
    'Bookkeeping of the schema itself';

COMMENT ON TABLE plan.wave IS
    'A survey of one year in one province (đợt điều tra)';
COMMENT ON COLUMN plan.wave.wave IS
    'Number inside this database';
COMMENT ON COLUMN plan.wave.code IS
    'Code in files and addresses, e.g. of province and year';
COMMENT ON COLUMN plan.wave.name IS
    'Name as printed';
COMMENT ON COLUMN plan.wave.opens IS
    'First day of fieldwork';
COMMENT ON COLUMN plan.wave.closes IS
    'Last day of fieldwork';
COMMENT ON COLUMN plan.wave.state IS
    'How far the wave has come';
COMMENT ON COLUMN plan.wave.trial IS
    'True: some item of the plan has no decision but is an example (mẫu thử)';
COMMENT ON COLUMN plan.wave.simulated IS
    'True: holds made-up sheets, said on every output';
COMMENT ON COLUMN plan.wave.created_at IS
    'When the plan was first loaded';

COMMENT ON TABLE plan.version IS
    'The plan text that programs read, each amendment a new version';
COMMENT ON COLUMN plan.version.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN plan.version.version IS
    '1, 2, 3 … in order of loading';
COMMENT ON COLUMN plan.version.content IS
    'Canonical JSON of the plan';
COMMENT ON COLUMN plan.version.sha256 IS
    'SHA-256 of content';
COMMENT ON COLUMN plan.version.reason IS
    'Why it was amended';
COMMENT ON COLUMN plan.version.loaded_by IS
    'Who loaded it';
COMMENT ON COLUMN plan.version.loaded_at IS
    'When';

COMMENT ON TABLE plan.unit IS
    'Units: rated ones and homes of respondents, a tree (đơn vị)';
COMMENT ON COLUMN plan.unit.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN plan.unit.unit IS
    'Ordinal within the wave, never reused';
COMMENT ON COLUMN plan.unit.code IS
    'Code in files';
COMMENT ON COLUMN plan.unit.name IS
    'Name as printed';
COMMENT ON COLUMN plan.unit.kind IS
    'Kind of unit, a word of the plan';
COMMENT ON COLUMN plan.unit.rated IS
    'True: receives ratings';
COMMENT ON COLUMN plan.unit.parent IS
    'Unit above it, if any';
COMMENT ON COLUMN plan.unit.merged_into IS
    'Unit that took it over, if merged';
COMMENT ON COLUMN plan.unit.valid_from IS
    'First day it existed, NULL: from the start';
COMMENT ON COLUMN plan.unit.valid_to IS
    'Last day it existed, NULL: still does';

COMMENT ON TABLE plan.form IS
    'Forms: questionnaires in a version (mẫu phiếu)';
COMMENT ON COLUMN plan.form.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN plan.form.form IS
    'Ordinal within the wave, never reused';
COMMENT ON COLUMN plan.form.code IS
    'Code as printed, CT-01';
COMMENT ON COLUMN plan.form.version IS
    'Version of the wording';
COMMENT ON COLUMN plan.form.name IS
    'Name as printed';
COMMENT ON COLUMN plan.form.slots IS
    'Bytes of answers: its single-choice questions';
COMMENT ON COLUMN plan.form.example IS
    'True: the wording is an example, not an official text';

COMMENT ON TABLE plan.question IS
    'Questions of a form';
COMMENT ON COLUMN plan.question.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN plan.question.form IS
    'Form, plan.form';
COMMENT ON COLUMN plan.question.question IS
    'Ordinal within the form';
COMMENT ON COLUMN plan.question.code IS
    'Code within the form, Q1';
COMMENT ON COLUMN plan.question.type IS
    'scale, single, multiple, number or text';
COMMENT ON COLUMN plan.question.slot IS
    'Place of its byte in rating.answers, NULL when it has none';
COMMENT ON COLUMN plan.question.text IS
    'Wording as printed';

COMMENT ON TABLE plan.option IS
    'Answers a question offers';
COMMENT ON COLUMN plan.option.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN plan.option.form IS
    'Form, plan.form';
COMMENT ON COLUMN plan.option.question IS
    'Question, plan.question';
COMMENT ON COLUMN plan.option.ordinal IS
    'The byte stored for it, 1-200, never reused';
COMMENT ON COLUMN plan.option.code IS
    'Code on the sheet, A';
COMMENT ON COLUMN plan.option.label IS
    'Wording as printed';
COMMENT ON COLUMN plan.option.coefficient IS
    'Share of the points it earns, in per cent; NULL: none';
COMMENT ON COLUMN plan.option.satisfied IS
    'True: counts into the satisfaction share';

COMMENT ON TABLE plan.respondent_group IS
    'Groups of respondents (nhóm đối tượng)';
COMMENT ON COLUMN plan.respondent_group.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN plan.respondent_group.grp IS
    'Ordinal within the wave, never reused';
COMMENT ON COLUMN plan.respondent_group.code IS
    'Code in files';
COMMENT ON COLUMN plan.respondent_group.name IS
    'Name as printed';
COMMENT ON COLUMN plan.respondent_group.form IS
    'Form this group fills in';
COMMENT ON COLUMN plan.respondent_group.home_kind IS
    'Kind of unit its members come from, NULL: none';

COMMENT ON TABLE plan.quota IS
    'Planned sheets per group and home; corrections are new revisions';
COMMENT ON COLUMN plan.quota.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN plan.quota.grp IS
    'Group, plan.respondent_group';
COMMENT ON COLUMN plan.quota.home IS
    'Unit its members come from, 0: none';
COMMENT ON COLUMN plan.quota.revision IS
    '1, 2, 3 …; the newest is in force';
COMMENT ON COLUMN plan.quota.planned IS
    'Sheets planned';
COMMENT ON COLUMN plan.quota.population IS
    'Persons in the group there (N), NULL: unknown';
COMMENT ON COLUMN plan.quota.rule IS
    'The rule as printed, 15 × 20';
COMMENT ON COLUMN plan.quota.reason IS
    'Why it was set or changed';
COMMENT ON COLUMN plan.quota.decided_by IS
    'Who decided';
COMMENT ON COLUMN plan.quota.decided_at IS
    'When';

COMMENT ON VIEW plan.quota_in_force IS
    'The newest revision of every quota cell';
COMMENT ON COLUMN plan.quota_in_force.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN plan.quota_in_force.grp IS
    'Group';
COMMENT ON COLUMN plan.quota_in_force.home IS
    'Home, 0: none';
COMMENT ON COLUMN plan.quota_in_force.planned IS
    'Sheets planned';
COMMENT ON COLUMN plan.quota_in_force.population IS
    'Persons in the group there, NULL: unknown';
COMMENT ON COLUMN plan.quota_in_force.rule IS
    'The rule as printed';
COMMENT ON COLUMN plan.quota_in_force.revision IS
    'Which revision this is';

COMMENT ON TABLE field.agent IS
    'Post agents who bring sheets in (điều tra viên)';
COMMENT ON COLUMN field.agent.agent IS
    'Number inside this database';
COMMENT ON COLUMN field.agent.code IS
    'Staff code';
COMMENT ON COLUMN field.agent.name IS
    'Name';
COMMENT ON COLUMN field.agent.office IS
    'Post office';
COMMENT ON COLUMN field.agent.created_at IS
    'When entered';

COMMENT ON TABLE field.agent_key IS
    'Keys of agents: what each may send, and until when';
COMMENT ON COLUMN field.agent_key.key IS
    'Number of the key';
COMMENT ON COLUMN field.agent_key.agent IS
    'Whose key, field.agent';
COMMENT ON COLUMN field.agent_key.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN field.agent_key.hash IS
    'BLAKE2b-256 of the key; the key itself is nowhere';
COMMENT ON COLUMN field.agent_key.forms IS
    'Forms it may send, NULL: all of the wave';
COMMENT ON COLUMN field.agent_key.homes IS
    'Homes it may send for, NULL: all of the wave';
COMMENT ON COLUMN field.agent_key.issued_at IS
    'When issued';
COMMENT ON COLUMN field.agent_key.expires_at IS
    'When it ends by itself';
COMMENT ON COLUMN field.agent_key.revoked_at IS
    'When it was withdrawn, NULL: in force';

COMMENT ON TABLE field.receipt_key IS
    'Secret keys that receipts are made with; kept for ever';
COMMENT ON COLUMN field.receipt_key.key_id IS
    'Number at the front of a receipt';
COMMENT ON COLUMN field.receipt_key.key IS
    '32 secret bytes';
COMMENT ON COLUMN field.receipt_key.created_at IS
    'When made';

COMMENT ON TABLE field.sheet IS
    'Numbered copies of forms and where each is (phiếu)';
COMMENT ON COLUMN field.sheet.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN field.sheet.sheet IS
    'Number with check digit, as printed';
COMMENT ON COLUMN field.sheet.form IS
    'Form, plan.form';
COMMENT ON COLUMN field.sheet.grp IS
    'Group it is meant for';
COMMENT ON COLUMN field.sheet.home IS
    'Home it is meant for, 0: none';
COMMENT ON COLUMN field.sheet.agent IS
    'Agent who holds it, NULL: none';
COMMENT ON COLUMN field.sheet.state IS
    'How far the copy has come';
COMMENT ON COLUMN field.sheet.disposition IS
    'Why it will not come back, NULL: open or came back';
COMMENT ON COLUMN field.sheet.replaced_by IS
    'Number of the copy given instead';
COMMENT ON COLUMN field.sheet.has_stub IS
    'True: the number stands on a stub torn off before filling in';
COMMENT ON COLUMN field.sheet.changed_at IS
    'When state or disposition changed last';

COMMENT ON TABLE field.response IS
    'What a submission was understood to be; one row an instance';
COMMENT ON COLUMN field.response.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN field.response.instance IS
    'instanceID of the sender';
COMMENT ON COLUMN field.response.response IS
    'Number that ties raw, rating and comment rows to it';
COMMENT ON COLUMN field.response.sha256 IS
    'SHA-256 of the bytes as received';
COMMENT ON COLUMN field.response.state IS
    '1 valid, 2 queried, 3 invalid, 4 replaced, 5 accepted, 6 rejected, 7 withdrawn';
COMMENT ON COLUMN field.response.counted IS
    'True: counts into quotas and scores';
COMMENT ON COLUMN field.response.form IS
    'Form, NULL: not understood';
COMMENT ON COLUMN field.response.grp IS
    'Group, NULL: not understood';
COMMENT ON COLUMN field.response.home IS
    'Home, 0: none, NULL: not understood';
COMMENT ON COLUMN field.response.sheet IS
    'Sheet number as sent';
COMMENT ON COLUMN field.response.keying IS
    '1 first keying, 2 second keying';
COMMENT ON COLUMN field.response.collected IS
    'Day the sheet was collected';
COMMENT ON COLUMN field.response.started_at IS
    'When filling in began, by the device';
COMMENT ON COLUMN field.response.ended_at IS
    'When it ended, by the device';
COMMENT ON COLUMN field.response.device IS
    'Device as sent';
COMMENT ON COLUMN field.response.way IS
    'Way in: JSON, NDJSON, OpenRosa, CSV, XLSX, by number';
COMMENT ON COLUMN field.response.key IS
    'Key that sent it, field.agent_key';
COMMENT ON COLUMN field.response.received_at IS
    'When it arrived, by the server';
COMMENT ON COLUMN field.response.flags IS
    'Validity codes V01-V31 as bits';
COMMENT ON COLUMN field.response.faults IS
    'What is wrong with it: code, path, words';
COMMENT ON COLUMN field.response.profile IS
    'Profile fields as answered';
COMMENT ON COLUMN field.response.simulated IS
    'True: made up by phieu simulate';
COMMENT ON COLUMN field.response.replaces IS
    'Instance that this one mends';
COMMENT ON COLUMN field.response.version IS
    'Readings so far; older ones in field.response_version';
COMMENT ON COLUMN field.response.lane IS
    'Lane of the intake log, audit.entry';
COMMENT ON COLUMN field.response.batch IS
    'Entry of that lane that covers it';

COMMENT ON TABLE field.raw IS
    'Bytes as received, written with the response in one transaction';
COMMENT ON COLUMN field.raw.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN field.raw.response IS
    'Response, field.response';
COMMENT ON COLUMN field.raw.bytes IS
    'The submission as it came';

COMMENT ON TABLE field.rating IS
    'Answers: one row a response and rated unit';
COMMENT ON COLUMN field.rating.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN field.rating.response IS
    'Response, field.response';
COMMENT ON COLUMN field.rating.unit IS
    'Rated unit, plan.unit';
COMMENT ON COLUMN field.rating.answers IS
    'One byte a single-choice question: 0 not asked, 1-200 option, 253 unreadable, 254 does not know, 255 blank';
COMMENT ON COLUMN field.rating.extra IS
    'Answers to multiple-choice, number and text questions';

COMMENT ON TABLE field.comment IS
    'Free comments, apart from the answers';
COMMENT ON COLUMN field.comment.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN field.comment.response IS
    'Response, field.response';
COMMENT ON COLUMN field.comment.comment IS
    'Text as written';

COMMENT ON TABLE field.response_version IS
    'Earlier readings of a response corrected in review';
COMMENT ON COLUMN field.response_version.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN field.response_version.response IS
    'Response, field.response';
COMMENT ON COLUMN field.response_version.version IS
    'Number of the reading';
COMMENT ON COLUMN field.response_version.content IS
    'The reading before the change';
COMMENT ON COLUMN field.response_version.changed_by IS
    'Who changed it';
COMMENT ON COLUMN field.response_version.changed_at IS
    'When';
COMMENT ON COLUMN field.response_version.reason IS
    'Why';

COMMENT ON TABLE field.attachment IS
    'Files that belong to a submission, listed before they arrive';
COMMENT ON COLUMN field.attachment.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN field.attachment.instance IS
    'Submission, field.response';
COMMENT ON COLUMN field.attachment.name IS
    'File name as announced';
COMMENT ON COLUMN field.attachment.sha256 IS
    'SHA-256, NULL: not arrived';
COMMENT ON COLUMN field.attachment.bytes IS
    'Size, NULL: not arrived';
COMMENT ON COLUMN field.attachment.media_type IS
    'Type found by its first bytes';
COMMENT ON COLUMN field.attachment.received_at IS
    'When it arrived';

COMMENT ON TABLE field.conflict IS
    'The same instanceID with other bytes: kept for the supervisor';
COMMENT ON COLUMN field.conflict.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN field.conflict.instance IS
    'instanceID sent twice';
COMMENT ON COLUMN field.conflict.sha256 IS
    'SHA-256 of these bytes';
COMMENT ON COLUMN field.conflict.bytes IS
    'These bytes';
COMMENT ON COLUMN field.conflict.key IS
    'Key that sent them';
COMMENT ON COLUMN field.conflict.received_at IS
    'When';

COMMENT ON TABLE field.quarantine IS
    'What could not be understood at all';
COMMENT ON COLUMN field.quarantine.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN field.quarantine.day IS
    'Day of arrival';
COMMENT ON COLUMN field.quarantine.sha256 IS
    'SHA-256 of the bytes';
COMMENT ON COLUMN field.quarantine.bytes IS
    'The bytes';
COMMENT ON COLUMN field.quarantine.key IS
    'Key that sent them';
COMMENT ON COLUMN field.quarantine.code IS
    'What is wrong, as a code';
COMMENT ON COLUMN field.quarantine.words IS
    'What is wrong, in words';
COMMENT ON COLUMN field.quarantine.way IS
    'Way in, by number';
COMMENT ON COLUMN field.quarantine.received_at IS
    'When';

COMMENT ON TABLE field.refusal IS
    'Refused at the door (wrong wave or form for the key): no bytes kept';
COMMENT ON COLUMN field.refusal.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN field.refusal.day IS
    'Day of arrival';
COMMENT ON COLUMN field.refusal.sha256 IS
    'SHA-256 of the bytes';
COMMENT ON COLUMN field.refusal.key IS
    'Key that sent them';
COMMENT ON COLUMN field.refusal.bytes IS
    'Size';
COMMENT ON COLUMN field.refusal.reason IS
    'Why refused';
COMMENT ON COLUMN field.refusal.received_at IS
    'When';

COMMENT ON TABLE frozen.freeze IS
    'Freezes of a wave (khóa số liệu)';
COMMENT ON COLUMN frozen.freeze.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN frozen.freeze.freeze_no IS
    '1, 2, 3 …; a correction is a new freeze';
COMMENT ON COLUMN frozen.freeze.plan_version IS
    'Plan it was made under, plan.version';
COMMENT ON COLUMN frozen.freeze.simulated IS
    'True: holds made-up sheets';
COMMENT ON COLUMN frozen.freeze.n_responses IS
    'Responses copied';
COMMENT ON COLUMN frozen.freeze.n_ratings IS
    'Ratings copied';
COMMENT ON COLUMN frozen.freeze.content_sha256 IS
    'SHA-256 over the canonically sorted content';
COMMENT ON COLUMN frozen.freeze.reason IS
    'Why it was made';
COMMENT ON COLUMN frozen.freeze.frozen_by IS
    'Who froze';
COMMENT ON COLUMN frozen.freeze.frozen_on IS
    'Day';

COMMENT ON TABLE frozen.response IS
    'Respondents of a freeze in random order';
COMMENT ON COLUMN frozen.response.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN frozen.response.freeze_no IS
    'Freeze, frozen.freeze';
COMMENT ON COLUMN frozen.response.respondent IS
    'Random number, another one in each freeze';
COMMENT ON COLUMN frozen.response.form IS
    'Form, plan.form';
COMMENT ON COLUMN frozen.response.grp IS
    'Group';
COMMENT ON COLUMN frozen.response.home IS
    'Home, 0: none';
COMMENT ON COLUMN frozen.response.profile IS
    'Profile fields that decision D12 lets survive, coarsened';

COMMENT ON TABLE frozen.rating IS
    'Answers of a freeze';
COMMENT ON COLUMN frozen.rating.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN frozen.rating.freeze_no IS
    'Freeze, frozen.freeze';
COMMENT ON COLUMN frozen.rating.respondent IS
    'Respondent, frozen.response';
COMMENT ON COLUMN frozen.rating.unit IS
    'Rated unit, plan.unit';
COMMENT ON COLUMN frozen.rating.form IS
    'Form, plan.form';
COMMENT ON COLUMN frozen.rating.grp IS
    'Group';
COMMENT ON COLUMN frozen.rating.home IS
    'Home, 0: none';
COMMENT ON COLUMN frozen.rating.answers IS
    'As field.rating.answers';
COMMENT ON COLUMN frozen.rating.extra IS
    'As field.rating.extra';

COMMENT ON TABLE frozen.comment IS
    'Comments of a freeze, shuffled on their own';
COMMENT ON COLUMN frozen.comment.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN frozen.comment.freeze_no IS
    'Freeze, frozen.freeze';
COMMENT ON COLUMN frozen.comment.comment_no IS
    'Random order of its own';
COMMENT ON COLUMN frozen.comment.form IS
    'Form, plan.form';
COMMENT ON COLUMN frozen.comment.comment IS
    'Text';

COMMENT ON TABLE frozen.aggregate IS
    'What needed agents, times or dispositions, computed before the copy';
COMMENT ON COLUMN frozen.aggregate.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN frozen.aggregate.freeze_no IS
    'Freeze, frozen.freeze';
COMMENT ON COLUMN frozen.aggregate.name IS
    'Which aggregate';
COMMENT ON COLUMN frozen.aggregate.content IS
    'Its figures';

COMMENT ON TABLE publish.snapshot IS
    'Immutable results with the hash of their inputs';
COMMENT ON COLUMN publish.snapshot.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN publish.snapshot.snapshot IS
    '1, 2, 3 …';
COMMENT ON COLUMN publish.snapshot.freeze_no IS
    'Freeze it was computed from';
COMMENT ON COLUMN publish.snapshot.method IS
    'Method and its version';
COMMENT ON COLUMN publish.snapshot.content IS
    'Canonical JSON of the results';
COMMENT ON COLUMN publish.snapshot.sha256 IS
    'SHA-256 of content';
COMMENT ON COLUMN publish.snapshot.made_by IS
    'Who computed it';
COMMENT ON COLUMN publish.snapshot.made_at IS
    'When';

COMMENT ON TABLE publish.release IS
    'What left the house, numbered; a correction supersedes';
COMMENT ON COLUMN publish.release.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN publish.release.release IS
    '1, 2, 3 …';
COMMENT ON COLUMN publish.release.snapshot IS
    'Snapshot released';
COMMENT ON COLUMN publish.release.kind IS
    'trial or official';
COMMENT ON COLUMN publish.release.supersedes IS
    'Release this one corrects';
COMMENT ON COLUMN publish.release.reason IS
    'Why';
COMMENT ON COLUMN publish.release.released_by IS
    'Who released it';
COMMENT ON COLUMN publish.release.released_at IS
    'When';

COMMENT ON TABLE publish.released_cell IS
    'Cells shown to anybody, for differencing checks over all releases';
COMMENT ON COLUMN publish.released_cell.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN publish.released_cell.release IS
    'Release, publish.release';
COMMENT ON COLUMN publish.released_cell.cell IS
    'Which cell';
COMMENT ON COLUMN publish.released_cell.n IS
    'Respondents in it';

COMMENT ON TABLE publish.component IS
    'Survey points of unit × criterion that an index engine pulls';
COMMENT ON COLUMN publish.component.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN publish.component.release IS
    'Release, publish.release';
COMMENT ON COLUMN publish.component.unit IS
    'Rated unit, plan.unit';
COMMENT ON COLUMN publish.component.criterion IS
    'Criterion, a code of the plan';
COMMENT ON COLUMN publish.component.points IS
    'Points, rounded as decided (D8); NULL: closed or none';
COMMENT ON COLUMN publish.component.points_exact IS
    'The same as a fraction before rounding';
COMMENT ON COLUMN publish.component.maximum IS
    'Most points the criterion gives';
COMMENT ON COLUMN publish.component.n_asked IS
    'Respondents asked';
COMMENT ON COLUMN publish.component.n_valid IS
    'Respondents with a valid answer';
COMMENT ON COLUMN publish.component.standard_error IS
    'Standard error of the points';
COMMENT ON COLUMN publish.component.low IS
    'Lower end of the 95 % interval';
COMMENT ON COLUMN publish.component.high IS
    'Upper end of the 95 % interval';

COMMENT ON TABLE publish.outbox IS
    'Events waiting to be sent to webhooks';
COMMENT ON COLUMN publish.outbox.event IS
    'Number of the event';
COMMENT ON COLUMN publish.outbox.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN publish.outbox.kind IS
    'What happened';
COMMENT ON COLUMN publish.outbox.content IS
    'What is sent';
COMMENT ON COLUMN publish.outbox.created_at IS
    'When it happened';
COMMENT ON COLUMN publish.outbox.attempts IS
    'Tries so far';
COMMENT ON COLUMN publish.outbox.next_at IS
    'Not before';
COMMENT ON COLUMN publish.outbox.delivered_at IS
    'When it was taken, NULL: waiting';

COMMENT ON TABLE people.account IS
    'People who sign in';
COMMENT ON COLUMN people.account.account IS
    'Number inside this database';
COMMENT ON COLUMN people.account.login IS
    'Sign-in name';
COMMENT ON COLUMN people.account.name IS
    'Name as shown';
COMMENT ON COLUMN people.account.password_hash IS
    'Argon2id of the password';
COMMENT ON COLUMN people.account.must_change IS
    'True: the password was given by somebody else';
COMMENT ON COLUMN people.account.disabled_at IS
    'When the account was closed, NULL: open';
COMMENT ON COLUMN people.account.failures IS
    'Failed sign-ins since the last good one';
COMMENT ON COLUMN people.account.locked_until IS
    'Locked after too many failures, until';
COMMENT ON COLUMN people.account.password_at IS
    'When the password was set';
COMMENT ON COLUMN people.account.created_at IS
    'When the account was made';

COMMENT ON TABLE people.account_role IS
    'What an account may do, and where';
COMMENT ON COLUMN people.account_role.account IS
    'Account, people.account';
COMMENT ON COLUMN people.account_role.role IS
    'Role, a word of the list';
COMMENT ON COLUMN people.account_role.wave IS
    'Only in this wave, NULL: in all';
COMMENT ON COLUMN people.account_role.unit IS
    'Only for this unit (its code), NULL: for all';
COMMENT ON COLUMN people.account_role.given_by IS
    'Who gave it';
COMMENT ON COLUMN people.account_role.given_at IS
    'When';

COMMENT ON TABLE people.session IS
    'Open sessions of the web pages';
COMMENT ON COLUMN people.session.hash IS
    'BLAKE2b-256 of the cookie';
COMMENT ON COLUMN people.session.account IS
    'Account, people.account';
COMMENT ON COLUMN people.session.csrf_hash IS
    'BLAKE2b-256 of the token that forms carry';
COMMENT ON COLUMN people.session.created_at IS
    'When signed in';
COMMENT ON COLUMN people.session.seen_at IS
    'Last request';
COMMENT ON COLUMN people.session.expires_at IS
    'When it ends by itself';

COMMENT ON TABLE people.password_reset IS
    'Reset tokens, each good once and for a short time';
COMMENT ON COLUMN people.password_reset.hash IS
    'BLAKE2b-256 of the token';
COMMENT ON COLUMN people.password_reset.account IS
    'Account, people.account';
COMMENT ON COLUMN people.password_reset.expires_at IS
    'When it ends by itself';
COMMENT ON COLUMN people.password_reset.used_at IS
    'When it was used, NULL: not yet';

COMMENT ON TABLE people.api_key IS
    'Keys of programs: index engines, scripts of analysts';
COMMENT ON COLUMN people.api_key.key IS
    'Number of the key';
COMMENT ON COLUMN people.api_key.name IS
    'What program it is for';
COMMENT ON COLUMN people.api_key.hash IS
    'BLAKE2b-256 of the key; the key itself is nowhere';
COMMENT ON COLUMN people.api_key.role IS
    'engine or analyst';
COMMENT ON COLUMN people.api_key.wave IS
    'Only this wave, NULL: all';
COMMENT ON COLUMN people.api_key.issued_at IS
    'When issued';
COMMENT ON COLUMN people.api_key.expires_at IS
    'When it ends by itself';
COMMENT ON COLUMN people.api_key.revoked_at IS
    'When it was withdrawn, NULL: in force';

COMMENT ON TABLE people.setting IS
    'Settings changed at run time';
COMMENT ON COLUMN people.setting.name IS
    'Which setting';
COMMENT ON COLUMN people.setting.value IS
    'Its value';
COMMENT ON COLUMN people.setting.changed_by IS
    'Who set it';
COMMENT ON COLUMN people.setting.changed_at IS
    'When';

COMMENT ON TABLE roster.person IS
    'Persons who are handed a sheet; which one is recorded nowhere';
COMMENT ON COLUMN roster.person.wave IS
    'Wave, plan.wave';
COMMENT ON COLUMN roster.person.person IS
    'Random number';
COMMENT ON COLUMN roster.person.grp IS
    'Group';
COMMENT ON COLUMN roster.person.home IS
    'Home, 0: none';
COMMENT ON COLUMN roster.person.name IS
    'Name';
COMMENT ON COLUMN roster.person.contact IS
    'How to reach the person';
COMMENT ON COLUMN roster.person.handed_out IS
    'True: a sheet was handed out';
COMMENT ON COLUMN roster.person.collected IS
    'True: a sheet was collected';

COMMENT ON TABLE audit.lane IS
    'The head of each lane of the log';
COMMENT ON COLUMN audit.lane.lane IS
    '0 acts of people, from 1 intake: one a writing connection';
COMMENT ON COLUMN audit.lane.seq IS
    'Number of the last entry';
COMMENT ON COLUMN audit.lane.hash IS
    'Hash of the last entry';

COMMENT ON TABLE audit.entry IS
    'Entries of the log; hash = SHA-256 of prev and the text of the rest';
COMMENT ON COLUMN audit.entry.lane IS
    'Lane, audit.lane';
COMMENT ON COLUMN audit.entry.seq IS
    '1, 2, 3 … within the lane';
COMMENT ON COLUMN audit.entry.at IS
    'When, UTC to the microsecond, as hashed';
COMMENT ON COLUMN audit.entry.kind IS
    'What kind of act';
COMMENT ON COLUMN audit.entry.actor IS
    'Who';
COMMENT ON COLUMN audit.entry.content IS
    'What, without answers or secrets';
COMMENT ON COLUMN audit.entry.prev IS
    'Hash of the entry before, empty for the first';
COMMENT ON COLUMN audit.entry.hash IS
    'SHA-256 of prev || lane|seq|at|kind|actor|content';

COMMENT ON TABLE meta.migration IS
    'Migrations this database has had';
COMMENT ON COLUMN meta.migration.name IS
    'File name without .sql';
COMMENT ON COLUMN meta.migration.sha256 IS
    'SHA-256 of its text';
COMMENT ON COLUMN meta.migration.applied_at IS
    'When';

COMMENT ON SEQUENCE field.response_id IS
    'Numbers of responses; gaps mean nothing';
COMMENT ON FUNCTION audit.append(smallint, text, text, text) IS
    'Adds an entry to a lane of the log and returns its number';
