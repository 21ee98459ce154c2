-- Synthetic patients, their stays and diagnoses, all from row numbers by hashing. No real person is in it.
-- Asks for tables dx and px (place, code) and the variables persons and knots; what becomes of them is in views.sql.

-- Stays one after another: 1 to 90 days apart, 0 to 8 nights, three years.
CREATE TABLE plain AS
WITH asked AS (
    SELECT p, k, p * 8 + k AS n FROM range(1, getvariable('persons') + 1) AS persons(p), range(7) AS stays(k)
    WHERE k < [0, 0, 0, 0, 1, 1, 1, 2, 2, 4, 7][CAST(hash(p, 'stays') % 11 AS INTEGER) + 1]
), paced AS (
    SELECT *, CAST(hash(n, 'nights') % 9 AS INTEGER) AS nights,
        CASE k WHEN 0 THEN CAST(hash(p, 'first') % 1000 AS INTEGER) ELSE 1 + CAST(hash(n, 'gap') % 90 AS INTEGER) END AS gap
    FROM asked
), dated AS (
    SELECT *, lead(gap, 1, 99) OVER (PARTITION BY p ORDER BY k) AS free,
        DATE '2022-01-01' + CAST(sum(gap + nights) OVER (PARTITION BY p ORDER BY k) - nights AS INTEGER) AS came
    FROM paced
)
SELECT n, p, came, came + nights AS went, 'W' || hash(n, 'ward') % 12 AS ward, n % 25 = 3 AND nights > 0 AND free > 5 AS twice
FROM dated WHERE came + nights <= DATE '2024-12-28';

-- Some stays are recorded twice: the second record begins a day later and may end later, but never meets another stay.
CREATE TABLE recorded AS
SELECT n, p, came, went, ward, twice FROM plain
UNION ALL
SELECT n + 10000000, p, came + 1, went + CAST(hash(n, 'late') % 3 AS INTEGER), ward, twice FROM plain WHERE twice;

-- Codes, and what hospitals get wrong: 0 to 2 lack something, 3 to 5 have a code that is none, 6 is still in, 7 came on a day that
-- does not exist, 8 left before coming. Of stays recorded twice a record may lack something, and no more.
CREATE TABLE stays AS
WITH judged AS (
    SELECT *, hash(n, 'fault') % 120 AS drawn,
        CASE WHEN drawn > 8 OR twice AND drawn > 2 OR drawn = 8 AND went = came THEN 99 ELSE drawn END AS fault
    FROM recorded
)
SELECT 'S' || lpad(CAST(row_number() OVER (ORDER BY p, came, n) AS VARCHAR), 8, '0') AS id, n, p, ward,
    CASE fault WHEN 7 THEN '2023-02-30' WHEN 8 THEN CAST(went AS VARCHAR) ELSE CAST(came AS VARCHAR) END AS came,
    CASE fault WHEN 6 THEN NULL WHEN 8 THEN CAST(came AS VARCHAR) ELSE CAST(went AS VARCHAR) END AS went,
    CASE fault WHEN 0 THEN NULL WHEN 3 THEN '99' ELSE picked('dispositions', hash(n, 'disposition')) END AS disposition,
    CASE fault WHEN 1 THEN NULL WHEN 4 THEN 'X99.9' ELSE picked('diagnoses', hash(n, 'dx')) END AS dx,
    CASE fault WHEN 2 THEN NULL WHEN 5 THEN '000' ELSE picked('drgs', hash(n, 'drg')) END AS drg,
    CASE WHEN hash(n, 'px') % 10 < 5 THEN picked('procedures', hash(n, 'px1')) END AS px1,
    CASE WHEN hash(n, 'px') % 10 < 2 THEN picked('procedures', hash(n, 'px2')) END AS px2
FROM judged;

-- Persons with nothing but a pattern on which the two definitions differ, each pattern in a ward of its own; and one more, who
-- leaves on the last day of all.
INSERT INTO stays
WITH patterns(place, ward, nth, came, went, dx) AS (VALUES
    (0, 'K3', 1, '2023-03-01', '2023-03-05', 'J18.9'), (0, 'K3', 2, '2023-03-04', '2023-03-09', 'J18.9'),
    (0, 'K3', 3, '2023-03-08', '2023-03-12', 'J18.9'),
    (1, 'K4', 1, '2023-03-01', '2023-03-05', 'J18.9'), (1, 'K4', 2, '2023-03-04', '2023-03-09', 'J18.9'),
    (1, 'K4', 3, '2023-03-08', '2023-03-12', 'J18.9'), (1, 'K4', 4, '2023-03-11', '2023-03-15', 'J18.9'),
    (2, 'KU', 1, '2023-03-01', '2023-03-05', 'J18.9'), (2, 'KU', 2, '2023-03-10', '2023-03-14', 'X99.9'),
    (2, 'KU', 3, '2023-03-13', '2023-03-16', 'J18.9')
), planted AS (
    SELECT getvariable('persons') + 1 + place * getvariable('knots') + one AS p, nth, ward, came, went, dx
    FROM patterns, range(getvariable('knots')) AS ones(one)
    UNION ALL SELECT getvariable('persons') + 1 + 3 * getvariable('knots'), 1, 'W0', '2024-12-29', '2024-12-31', 'J18.9'
)
SELECT 'T' || lpad(CAST(p * 4 + nth AS VARCHAR), 8, '0'), -(p * 4 + nth), p, ward, came, went, '01', dx, '193', NULL, NULL FROM planted;

-- Everyone, and a visit of each to the emergency department.
CREATE TABLE persons AS
SELECT p, 'P' || p AS person, CAST(DATE '1930-01-01' + CAST(hash(p, 'born') % 30000 AS INTEGER) AS VARCHAR) AS born,
    hash(p, 'sex') % 2 + 1 AS sex, 'E' || p AS visit,
    CAST(DATE '2022-01-01' + CAST(hash(p, 'ed') % 1090 AS INTEGER) AS VARCHAR) AS visited
FROM range(1, getvariable('persons') + 3 * getvariable('knots') + 2) AS persons(p);

-- Diagnoses of visits, 10 to 29 a person, and of stays. Lasting illnesses come back; one code in a hundred is none.
CREATE TABLE diagnoses AS
WITH asked AS (
    SELECT p, p * 32 + k AS n, hash(p * 32 + k, 'which') % (2 * (SELECT count(*) FROM lasting)) AS chosen
    FROM range(1, getvariable('persons') + 1) AS persons(p), range(30) AS visits(k) WHERE k < 10 + hash(p, 'visits') % 20
), offered AS (
    SELECT asked.*, coalesce(lasting.codes, (SELECT codes FROM passing)) AS codes
    FROM asked LEFT JOIN lasting ON lasting.place = chosen AND hash(p, begins) % one_in = 0
)
SELECT n, p, CAST(DATE '2022-01-01' + CAST(hash(n, 'on') % 1096 AS INTEGER) AS VARCHAR) AS day, CAST(NULL AS VARCHAR) AS stay,
    CASE WHEN hash(n, 'none') % 100 = 0 THEN 'X99.9' ELSE codes[CAST(hash(n, 'code') % len(codes) AS INTEGER) + 1] END AS dx
FROM offered;
INSERT INTO diagnoses
SELECT n + 1000000000, p, came, id, dx FROM stays WHERE dx IS NOT NULL AND try_cast(came AS DATE) IS NOT NULL;
