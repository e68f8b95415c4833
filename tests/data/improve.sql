-- Two rounds with published results, put there by hand: what no plan of a
-- province has all at once.  Invented (mẫu thử, không phải số chính thức).
INSERT INTO people.account (login, name, password_hash) VALUES
    ('thu', 'Tổ Thư ký', 'x'), ('nguoi-a', 'Người của A', 'x'),
    ('nguoi-o2', 'Người của o2', 'x'), ('khach', 'Khách', 'x');
INSERT INTO people.account_role (account, role, unit, given_by)
SELECT account, r, u, 'thử' FROM people.account
JOIN (VALUES ('thu', 'secretariat', NULL), ('nguoi-a', 'unit', 'A'),
    ('nguoi-o2', 'appraiser', 'o2'), ('khach', 'auditor', NULL))
    AS x (login, r, u) USING (login);
INSERT INTO assess.round (code, name, year, trial) VALUES
    ('r22', 'Kỳ 2022', 2022, true), ('r23', 'Kỳ 2023', 2023, true),
    ('r21', 'Kỳ 2021', 2021, true);
INSERT INTO assess.version (round, version, content, sha256, reason, loaded_by)
SELECT round, 1, c, sha256(convert_to(c, 'UTF8')), 'thử', 'thử'
FROM assess.round JOIN (VALUES ('r22', '{}'), ('r21', '{}'),
    ('r23', '{"replaced":[{"from":"1.4","to":"1.5"},{"from":"1.6"}]}'))
    AS v (code, c) USING (code);
INSERT INTO assess.unit (round, unit, code, name, kind)
SELECT round, u, c, 'Đơn vị ' || c, 'so' FROM assess.round
JOIN (VALUES ('r22', 1, 'A'), ('r22', 2, 'B'), ('r22', 3, 'C'),
    ('r23', 1, 'B'), ('r23', 2, 'A')) AS x (code, u, c) USING (code);
INSERT INTO assess.node (round, node, code, name, parent, place, leaf, source,
    effect, maximum)
SELECT round, n, c, CASE WHEN c IN ('1.4', '1.5') THEN 'Tiêu chí thay'
        ELSE 'Tiêu chí ' || c END,
    p, n, c <> '1', 'assessed', e, m
FROM assess.round JOIN (VALUES
    ('r22', 1, '1', NULL::integer, 'counts', 20), ('r22', 2, '1.1', 1, 'counts', 4),
    ('r22', 3, '1.2', 1, 'counts', 6), ('r22', 4, '1.3', 1, 'bonus', 2),
    ('r22', 5, 'D', NULL, 'deduction', 5), ('r22', 6, '1.4', 1, 'counts', 5),
    ('r22', 7, '1.6', 1, 'counts', 5),
    ('r23', 1, '1', NULL, 'counts', 20), ('r23', 2, '1.2', 1, 'counts', 7),
    ('r23', 3, '1.1', 1, 'counts', 4), ('r23', 4, '1.5', 1, 'counts', 5),
    ('r23', 5, 'D', NULL, 'deduction', 5)) AS x (code, n, c, p, e, m)
    USING (code);
INSERT INTO assess.office (round, office, name, unit)
SELECT round, o, 'Cơ quan ' || o, u FROM assess.round
JOIN (VALUES ('r22', 'o1', 1), ('r22', 'o2', NULL::integer))
    AS x (code, o, u) USING (code);
INSERT INTO assess.assignment (round, office, node, role)
SELECT round, 'o2', 3, 'lead' FROM assess.round WHERE code = 'r22';
INSERT INTO assess.deduction (round, deduction, unit, node, points, reason,
    document, done_by, cancelled_by, cancelled_why)
SELECT round, d, 1, NULL, p, w, 'CV', 'thử', c, c FROM assess.round
JOIN (VALUES (1, 0.5, 'chậm báo cáo', NULL), (2, 3, 'nhầm', 'nhầm'),
    (3, 4, 'sau khi công bố', NULL))
    AS x (d, p, w, c) ON code = 'r22';
INSERT INTO assess.result (round, result, version, input, input_sha256,
    content, sha256, method, complete, made_by)
SELECT round, n, 1, i.input, sha256(convert_to(i.input, 'UTF8')), c,
    sha256(convert_to(c, 'UTF8')), 'm', true, 'thử'
FROM (VALUES ('{"units":[{"code":"A","deductions":[{"points":"0.5","reason":'
    '"chậm báo cáo","document":"CV"},{"criterion":"1.2","points":"0.5",'
    '"reason":"khác"}]},{"code":"B"}]}')) AS i (input),
    assess.round JOIN (VALUES
    ('r22', 1, '{"units":[{"code":"A","maximum":"20","published":"20",'
        '"criteria":[{"code":"1.1","state":"scored","points":"0","base":"4"}]}]}'),
    ('r22', 2, '{"units":[{"code":"A","maximum":"20","published":"11.5","criteria":['
        '{"code":"1","state":"scored","points":"12.25","base":"20","deducted":"0.5"},'
        '{"code":"1.1","state":"scored","points":"3.33","base":"4"},'
        '{"code":"1.2","state":"scored","points":"3.92","base":"6","deducted":"0.5"},'
        '{"code":"1.3","state":"scored","points":"1","base":"0"},'
        '{"code":"D","state":"scored","points":"0.25","base":"0"},'
        '{"code":"1.4","state":"scored","points":"5","base":"5"},'
        '{"code":"1.6","state":"missing-zero","points":"0","base":"5"}]},'
        '{"code":"B","maximum":"20","published":"9.2","criteria":['
        '{"code":"1.1","state":"not-applicable","points":"0","base":"0"},'
        '{"code":"1.2","state":"scored","points":"4.2","base":"21/5"},'
        '{"code":"D","state":"not-claimed","points":"0","base":"0"},'
        '{"code":"1.4","state":"scored","points":"2.5","base":"5"},'
        '{"code":"1.6","state":"left-out","points":"0","base":"0"}]},'
        '{"code":"C","maximum":"20","published":"19","criteria":['
        '{"code":"1.1","state":"scored","points":"3","base":"4"},'
        '{"code":"1.2","state":"missing","points":"0","base":"6"}]}]}'),
    ('r23', 1, '{"units":[{"code":"A","maximum":"20","published":"12","criteria":['
        '{"code":"1","state":"scored","points":"13","base":"20"},'
        '{"code":"1.1","state":"scored","points":"4","base":"4"},'
        '{"code":"1.2","state":"scored","points":"6","base":"7"},'
        '{"code":"D","state":"scored","points":"0.1","base":"0"},'
        '{"code":"1.5","state":"scored","points":"4.5","base":"5"}]},'
        '{"code":"B","maximum":"20","published":"9.5","criteria":['
        '{"code":"1.5","state":"scored","points":"3.5","base":"5"}]}]}'))
    AS x (code, n, c) USING (code);
INSERT INTO assess.release (round, release, result, kind, supersedes, decision,
    reason, released_by)
SELECT round, n, n, 'trial', nullif(n - 1, 0), 'QĐ', 'thử', 'thử'
FROM assess.round JOIN (VALUES (1), (2)) AS x (n) ON code = 'r22';
