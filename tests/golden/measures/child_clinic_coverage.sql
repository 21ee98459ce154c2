WITH person AS (
  SELECT
    person.key,
    person.birth_date,
    person.sex,
    person.municipality,
    person.died_on,
    person.security_block,
    person.is_test
  FROM marts.person AS person
  WHERE
    (
      person.died_on IS NULL
      OR person.died_on > CAST(person.birth_date + TO_MONTHS(5) AS DATE)
    )
    AND NOT person.is_test IS TRUE
), look_moves AS (
  SELECT
    residence.person AS shared,
    COUNT(*) AS given
  FROM marts.residence AS residence
  GROUP BY
    residence.person
), with_moves AS (
  SELECT
    this.*,
    COALESCE(look_moves.given, 0) AS moves
  FROM person AS this
  LEFT JOIN look_moves
    ON look_moves.shared = this.key
), look_here AS (
  SELECT
    residence.person AS shared,
    MIN(CAST(residence.moved_on AS TIMESTAMP)) AS moment
  FROM marts.residence AS residence
  WHERE
    NOT residence.moved_on IS NULL
  GROUP BY
    residence.person
), with_here AS (
  SELECT
    this.*,
    COALESCE(
      look_here.moment < CAST((
        CAST(CAST(this.birth_date AS DATE) + TO_MONTHS(5) AS DATE) + 1
      ) AS TIMESTAMP),
      FALSE
    ) AS here
  FROM with_moves AS this
  LEFT JOIN look_here
    ON look_here.shared = this.key
), kept AS (
  SELECT
    *
  FROM with_here
  WHERE
    here OR moves = 0
), look_seen AS (
  SELECT
    contact.person AS shared,
    CAST(contact.happened_at AS TIMESTAMP) AS moment,
    MAX(contact.key) AS given
  FROM marts.contact AS contact
  WHERE
    (
      (
        (
          contact.service_form = 'T22' AND contact.contact_type IN ('R10', 'R20', 'R41')
        )
        AND NOT contact.cancelled IS TRUE
      )
      AND NOT COALESCE(contact.status, '7') IN ('3', '4', '5', '9')
    )
    AND NOT contact.happened_at IS NULL
  GROUP BY
    contact.person,
    CAST(contact.happened_at AS TIMESTAMP)
), with_seen AS (
  SELECT
    this.*,
    COALESCE(
      look_seen.moment >= CAST(CAST(CAST(this.birth_date AS DATE) + TO_MONTHS(3) AS DATE) AS TIMESTAMP),
      FALSE
    ) AS seen
  FROM kept AS this
  ASOF LEFT JOIN look_seen
    ON this.key = look_seen.shared
    AND CAST((
      CAST(CAST(this.birth_date AS DATE) + TO_MONTHS(5) AS DATE) + 1
    ) AS TIMESTAMP) > look_seen.moment
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('month', CAST(birth_date + TO_MONTHS(5) AS DATE)) AS DATE) AS month
  FROM with_seen
  WHERE
    CAST(birth_date + TO_MONTHS(5) AS DATE) >= CAST($first_month AS DATE)
    AND CAST(birth_date + TO_MONTHS(5) AS DATE) < CAST($last_month AS DATE) + TO_MONTHS(1)
), dated_2 AS (
  SELECT
    *,
    month AS period_start,
    LAST_DAY(month) AS period_end
  FROM dated
), periods AS (
  SELECT DISTINCT
    'month' AS grain,
    STRFTIME(month, '%Y-%m') AS period,
    CAST(DATE_TRUNC('MONTH', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('MONTH', month) + INTERVAL '0' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      CAST(UNNEST(
        GENERATE_SERIES(CAST($first_month AS TIMESTAMP), CAST($last_month AS TIMESTAMP), INTERVAL '1' MONTH)
      ) AS DATE) AS month
  ) AS months
  UNION ALL
  SELECT DISTINCT
    'quarter' AS grain,
    YEAR(month) || '-Q' || QUARTER(month) AS period,
    CAST(DATE_TRUNC('QUARTER', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('QUARTER', month) + INTERVAL '2' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      CAST(UNNEST(
        GENERATE_SERIES(CAST($first_month AS TIMESTAMP), CAST($last_month AS TIMESTAMP), INTERVAL '1' MONTH)
      ) AS DATE) AS month
  ) AS months
  UNION ALL
  SELECT DISTINCT
    'year' AS grain,
    CAST(YEAR(month) AS TEXT) AS period,
    CAST(DATE_TRUNC('YEAR', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('YEAR', month) + INTERVAL '11' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      CAST(UNNEST(
        GENERATE_SERIES(CAST($first_month AS TIMESTAMP), CAST($last_month AS TIMESTAMP), INTERVAL '1' MONTH)
      ) AS DATE) AS month
  ) AS months
), flagged AS (
  SELECT
    month,
    CAST(CASE WHEN security_block THEN NULL ELSE municipality END AS TEXT) AS municipality,
    sex AS sex,
    CASE WHEN seen THEN 1 ELSE 0 END AS pattern
  FROM dated_2
), cells AS (
  SELECT
    month,
    municipality,
    sex,
    pattern,
    COUNT(*) AS rows
  FROM flagged
  GROUP BY
    month,
    pattern,
    municipality,
    sex
), groups AS (
  SELECT
    month,
    '' AS set,
    '' AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  GROUP BY
    month,
    pattern
  UNION ALL
  SELECT
    month,
    'municipality' AS set,
    'municipality=' || COALESCE(municipality, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  GROUP BY
    month,
    municipality,
    pattern
  UNION ALL
  SELECT
    month,
    'sex' AS set,
    'sex=' || COALESCE(sex, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  GROUP BY
    month,
    sex,
    pattern
), monthly AS (
  SELECT
    month,
    set,
    "group",
    SUM(rows) AS rows,
    SUM(rows) FILTER(WHERE
      (
        pattern & 1
      ) <> 0) AS true_0
  FROM groups
  GROUP BY
    month,
    set,
    "group"
), summed_child_clinic_coverage AS (
  SELECT
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly."group",
    COALESCE(SUM(true_0), 0) AS numerator,
    COALESCE(SUM(true_0), 0) AS counted,
    COALESCE(SUM(rows), 0) AS denominator,
    COALESCE(SUM(rows), 0) AS weighed,
    COALESCE(SUM(rows), 0) AS chosen
  FROM monthly
  JOIN periods
    ON monthly.month BETWEEN periods.first_month AND periods.last_month
    AND periods.grain IN ('month', 'quarter', 'year')
  GROUP BY
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly."group"
)
SELECT
  'child_clinic_coverage' AS measure,
  1 AS version,
  summed_child_clinic_coverage.period AS period,
  summed_child_clinic_coverage."group" AS "group",
  CAST(summed_child_clinic_coverage.numerator AS DOUBLE) AS numerator,
  CAST(summed_child_clinic_coverage.denominator AS DOUBLE) AS denominator,
  CAST(summed_child_clinic_coverage.numerator AS DOUBLE) / NULLIF(CAST(summed_child_clinic_coverage.denominator AS DOUBLE), 0) AS value,
  summed_child_clinic_coverage.weighed AS n
FROM summed_child_clinic_coverage
