-- A force as large as one likes. Words after a dollar sign are put in by big.py, in the words of
-- the database. Team 1 is the whole force; person n is in team (n - 1) / $team + 2.

-- units
INSERT INTO unit
  (id, public_id, source_system, source_ref, name, name_version, kind, parent_id, version)
SELECT n, $unit_name, 'hr', 'U' || n, 'Team ' || n, 0,
  CASE n WHEN 1 THEN 'force' ELSE 'team' END, CASE n WHEN 1 THEN NULL ELSE 1 END, 0
FROM $each_unit;

-- units above
INSERT INTO unit_ancestor (unit_id, ancestor_id, depth)
SELECT id, id, 0 FROM unit UNION ALL SELECT id, 1, 1 FROM unit WHERE id > 1;

-- when prompting starts
INSERT INTO prompting_start (unit_id, starts_on) VALUES (1, '$started');

-- people
INSERT INTO person
  (id, public_id, source_system, source_ref, source_version, digest, given_name, family_name,
   staff_type, rank, leaver_version, leaver_digest)
SELECT n, $person_name, 'hr', 'P' || n, 1, '', 'Sam', 'Field' || n, 'officer', 'Constable', -1, ''
FROM $each_person;

-- postings
INSERT INTO posting
  (source_system, source_ref, source_version, digest, person_id, unit_id, kind, starts_on,
   withdrawn, precedence)
SELECT 'hr', source_ref, 1, '', id, (id - 1) / $team + 2, 'substantive', '2000-01-01', $no, '0'
FROM person;

-- supervisors
INSERT INTO supervision (unit_id, person_id, kind, starts_on)
SELECT (id - 1) / $team + 2, id, 'supervisor', '2000-01-01' FROM person WHERE id % $team = 0;

-- incidents
INSERT INTO incident
  (id, public_id, source_system, source_ref, source_version, digest, occurred_at, type_code, area,
   withdrawn, received_at)
SELECT n, $incident_name, 'cad', 'I' || n, 1, '', $moment, CASE (n * 7) % $kinds $types END, '',
  $no, $moment
FROM $each_incident;

-- attendance
INSERT INTO attendance
  (id, source_system, source_ref, source_version, digest, incident_id, person_id, role, unit_ref,
   withdrawn, received_at)
SELECT n, 'cad', 'A' || n, 1, '', i, ((i * 7919) % $teams) * $team + (i * 3 + k * 2) % $team + 1,
  CASE WHEN n % 20 = 1 THEN 'assigned' WHEN n % 10 = 0 THEN 'remote' ELSE 'at_scene' END, '', $no,
  $now
FROM (SELECT n, (n - 1) / $at_each + 1 AS i, (n - 1) % $at_each AS k FROM $each_attendance) AS x;

-- exposures
INSERT INTO exposure
  (person_id, incident_id, type_code, occurred_at, occurred_on, unit_id, remote, origin,
   framework_number)
SELECT a.person_id, n, i.type_code, i.occurred_at, $day, (a.person_id - 1) / $team + 2,
  a.role = 'remote', 'fed', 1
FROM attendance AS a
JOIN (SELECT id AS n, type_code, occurred_at FROM incident) AS i ON n = a.incident_id
WHERE a.role <> 'assigned';

-- tallies
INSERT INTO month_tally (person_id, month, type_code, count)
SELECT person_id, $month, type_code, count(*) FROM exposure GROUP BY 1, 2, 3;
