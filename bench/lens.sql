-- What the wellbeing lens asks about beside exposures: put into the force that big.sql makes, on
-- SQLite. Days count back from $day.

-- districts
INSERT INTO unit
  (id, public_id, source_system, source_ref, name, name_version, kind, parent_id, version)
SELECT 1000000 + n, printf('4%031x', n), 'hr', 'D' || n, 'District ' || n, 0, 'district', 1, 0
FROM $each_district;

-- departments
INSERT INTO unit
  (id, public_id, source_system, source_ref, name, name_version, kind, parent_id, version)
SELECT 2000000 + n, printf('5%031x', n), 'hr', 'E' || n, 'Department ' || n, 0, 'department',
  1000000 + (n - 1) / 6 + 1, 0
FROM $each_department;

-- teams below them
UPDATE unit SET parent_id = 2000000 + id % 72 + 1 WHERE kind = 'team';

-- units above
INSERT INTO unit_ancestor (unit_id, ancestor_id, depth)
SELECT id, id, 0 FROM unit WHERE kind IN ('district', 'department')
UNION ALL SELECT id, 1, 1 FROM unit WHERE kind = 'district'
UNION ALL SELECT id, parent_id, 1 FROM unit WHERE kind IN ('department', 'team')
UNION ALL SELECT id, 1, 2 FROM unit WHERE kind = 'department'
UNION ALL SELECT t.id, d.parent_id, 2 FROM unit AS t JOIN unit AS d ON d.id = t.parent_id
  WHERE t.kind = 'team';

-- teams three below the force
UPDATE unit_ancestor SET depth = 3
WHERE ancestor_id = 1 AND unit_id IN (SELECT id FROM unit WHERE kind = 'team');

-- ranks, service, leavers
UPDATE person SET
  staff_type = CASE id % 10 WHEN 7 THEN 'pcso' WHEN 8 THEN 'staff' WHEN 9 THEN 'staff'
    ELSE 'officer' END,
  rank = CASE WHEN id % 10 > 6 THEN '' WHEN id % 9 = 0 THEN 'Sergeant' WHEN id % 100 = 1
    THEN 'Inspector' ELSE 'Constable' END,
  joined_on = date('$day', '-' || (id * 7919 % 11000) || ' days');

-- leavers
UPDATE person SET
  left_on = date('$day', '-' || (id * 31 % 3650) || ' days'),
  leaving_reason = CASE id % 5 WHEN 0 THEN 'transfer' WHEN 1 THEN 'ordinary_retirement'
    WHEN 2 THEN 'medical_retirement' ELSE 'voluntary_resignation' END
WHERE id % 17 = 3;

-- earlier postings
INSERT INTO posting
  (source_system, source_ref, source_version, digest, person_id, unit_id, kind, starts_on, ends_on,
   withdrawn, precedence)
SELECT 'hr', source_ref || '-' || e.n, 1, '', id, (id * e.n) % 1100 + 2, 'substantive',
  date('1985-01-01', '+' || e.n || ' years'), date('1985-12-31', '+' || e.n || ' years'), 0, '0'
FROM person, (SELECT 1 AS n UNION ALL SELECT 2) AS e;

-- skills
INSERT INTO skill
  (source_system, source_ref, source_version, digest, withdrawn, person_id, name, starts_on)
SELECT 'hr', 'S' || id, 1, '', 0, id, CASE id % 4 WHEN 0 THEN 'Firearms' WHEN 1 THEN
  'Family liaison' WHEN 2 THEN 'Collision investigation' ELSE 'Negotiator' END, '2010-01-01'
FROM person WHERE id % 5 < 2;

-- absence
INSERT INTO absence_spell
  (source_system, source_ref, source_version, digest, withdrawn, person_id, starts_on, ends_on,
   psychological, hours_lost, recorded_at)
SELECT 'hr', 'H' || id || '-' || n, 1, '', 0, id,
  date('$day', '-' || ((id * 37 + n * 183) % 3650) || ' days'),
  date('$day', '-' || ((id * 37 + n * 183) % 3650) || ' days',
    '+' || (CASE WHEN id % 11 = n % 11 THEN 60 ELSE id % 7 END) || ' days'),
  (id + n) % 3 = 0, (CASE WHEN id % 11 = n % 11 THEN 320 ELSE 8 * (id % 7 + 1) END),
  '$day 00:00:00.000000'
FROM person, $each_spell;

-- contracted hours
INSERT INTO contracted_hours
  (source_system, source_ref, source_version, digest, withdrawn, person_id, month, hours)
SELECT 'hr', 'C' || id || '-' || n, 1, '', 0, id,
  date('$day', 'start of month', '-' || (n - 1) || ' months'),
  CASE WHEN id % 6 = 0 THEN 96 ELSE 160 END
FROM $each_month, person;

-- prompts, spread over the ten years
UPDATE prompt SET opened_at =
  strftime('%Y-%m-%d %H:%M:%f000', opened_at, '-' || (id % 10) || ' years');

-- what is due, and when it was answered
UPDATE prompt_person SET
  due_at = strftime('%Y-%m-%d %H:%M:%f000', due_at, '-' || (prompt_id % 10) || ' years'),
  changed_at = strftime('%Y-%m-%d %H:%M:%f000', due_at, '-' || (prompt_id % 10) || ' years',
    '-' || (id % 4) || ' days');

-- conversations, one for each prompt that was answered, in the order in which they were held
INSERT INTO debrief
  (id, public_id, held_on, setting, unit_id, recorded_at)
SELECT row_number() OVER (ORDER BY changed_at, id), printf('6%031x', id), date(changed_at),
  'in_person', (person_id - 1) / $team + 2, changed_at
FROM prompt_person WHERE state = 'held';

-- who was talked with
INSERT INTO debrief_person
  (id, public_id, debrief_id, person_id, primary_support, sealed_factors, confidentiality)
SELECT n, printf('7%031x', id), n, person_id, CASE n % 6 WHEN 0 THEN 'peer_support'
  WHEN 1 THEN 'trim' ELSE 'line_manager' END, x'00',
  CASE WHEN n % 8 = 0 THEN 'private' ELSE 'shared' END
FROM (SELECT row_number() OVER (ORDER BY changed_at, id) AS n, id, person_id FROM prompt_person
  WHERE state = 'held');

-- about what
INSERT INTO debrief_prompt (debrief_person_id, prompt_person_id)
SELECT row_number() OVER (ORDER BY changed_at, id), id FROM prompt_person WHERE state = 'held';

-- support that was offered
INSERT INTO support_offer (debrief_person_id, support, status)
SELECT id, CASE id % 4 WHEN 0 THEN 'peer_support' WHEN 1 THEN 'trim' WHEN 2 THEN
  'occupational_health' ELSE 'employee_assistance' END, CASE id / 4 % 3 WHEN 0 THEN 'accepted'
  WHEN 1 THEN 'declined' ELSE 'offered' END
FROM debrief_person WHERE id % 3 > 0;

-- referrals
INSERT INTO referral
  (public_id, person_id, debrief_person_id, service, state, agreed_at, sent_at, supervisor_sees,
   accepted_at, contacted_on, closed_at, outcome, revision)
SELECT printf('8%031x', o.debrief_person_id), d.person_id, d.id, o.support, CASE d.id % 5 WHEN 0
  THEN 'sent' ELSE 'closed' END, b.recorded_at, b.recorded_at, d.confidentiality = 'shared',
  CASE WHEN d.id % 5 > 0 THEN strftime('%Y-%m-%d %H:%M:%f000', b.recorded_at, '+20 hours') END,
  CASE WHEN d.id % 5 > 0 THEN date(b.recorded_at, '+2 days') END,
  CASE WHEN d.id % 5 > 0 THEN strftime('%Y-%m-%d %H:%M:%f000', b.recorded_at, '+30 days') END,
  CASE WHEN d.id % 5 > 0 THEN 'completed' END, 0
FROM support_offer AS o JOIN debrief_person AS d ON d.id = o.debrief_person_id
JOIN debrief AS b ON b.id = d.debrief_id WHERE o.status = 'accepted';

-- statistics
ANALYZE;
