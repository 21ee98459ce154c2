WITH diagnosis AS (
  SELECT
    diagnosis.key,
    diagnosis.person,
    diagnosis.code,
    diagnosis.recorded_on,
    person.birth_date AS person__birth_date,
    person.municipality AS person__municipality,
    person.security_block AS person__security_block
  FROM marts__diagnosis AS diagnosis
  LEFT JOIN marts__person AS person
    ON person.key = diagnosis.person
  WHERE
    (
      STARTSWITH(diagnosis.code, 'O80')
      OR STARTSWITH(diagnosis.code, 'O81')
      OR STARTSWITH(diagnosis.code, 'O82')
      OR STARTSWITH(diagnosis.code, 'O83')
      OR STARTSWITH(diagnosis.code, 'O84')
      OR STARTSWITH(diagnosis.code, 'W90')
      OR STARTSWITH(diagnosis.code, 'W91')
      OR STARTSWITH(diagnosis.code, 'W92')
      OR STARTSWITH(diagnosis.code, 'W93')
    )
), look_same AS (
  SELECT
    diagnosis.person AS shared,
    CAST(diagnosis.recorded_on AS TIMESTAMP_NTZ) AS moment,
    MAX(diagnosis.key) AS given
  FROM marts__diagnosis AS diagnosis
  WHERE
    (
      STARTSWITH(diagnosis.code, 'O80')
      OR STARTSWITH(diagnosis.code, 'O81')
      OR STARTSWITH(diagnosis.code, 'O82')
      OR STARTSWITH(diagnosis.code, 'O83')
      OR STARTSWITH(diagnosis.code, 'O84')
      OR STARTSWITH(diagnosis.code, 'W90')
      OR STARTSWITH(diagnosis.code, 'W91')
      OR STARTSWITH(diagnosis.code, 'W92')
      OR STARTSWITH(diagnosis.code, 'W93')
    )
    AND NOT diagnosis.recorded_on IS NULL
  GROUP BY
    diagnosis.person,
    CAST(diagnosis.recorded_on AS TIMESTAMP_NTZ)
), with_same AS (
  SELECT
    this.*,
    COALESCE(
      look_same.moment >= CAST((
        CAST(this.recorded_on AS DATE) + CAST(-180 AS INT)
      ) AS TIMESTAMP_NTZ),
      FALSE
    ) AS same
  FROM (
    SELECT
      *
    FROM (
      SELECT
        this,
        LAST_VALUE(look_same, TRUE) OVER (
          PARTITION BY asof_key
          ORDER BY asof_at, asof_side
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS look_same
      FROM (
        SELECT
          STRUCT(this.*) AS this,
          NULL AS look_same,
          this.person AS asof_key,
          CAST(this.recorded_on AS TIMESTAMP_NTZ) AS asof_at,
          0 AS asof_side
        FROM diagnosis AS this
        UNION ALL
        SELECT
          NULL AS this,
          STRUCT(look_same.*) AS look_same,
          look_same.shared AS asof_key,
          look_same.moment AS asof_at,
          1 AS asof_side
        FROM look_same
        WHERE
          NOT look_same.shared IS NULL
      ) AS asof_lines
    ) AS asof_seen
    WHERE
      NOT this IS NULL
  ) AS asof_pairs
), kept AS (
  SELECT
    *
  FROM with_same
  WHERE
    NOT same
), look_checks AS (
  SELECT
    this.key,
    COUNT(*) AS given
  FROM marts__contact AS contact
  JOIN kept AS this
    ON contact.person = this.person
    AND CAST(contact.happened_at AS TIMESTAMP_NTZ) >= CAST((
      CAST(this.recorded_on AS DATE) + CAST(-300 AS INT)
    ) AS TIMESTAMP_NTZ)
    AND CAST(contact.happened_at AS TIMESTAMP_NTZ) < CAST((
      CAST(this.recorded_on AS DATE) + 1
    ) AS TIMESTAMP_NTZ)
  WHERE
    (
      (
        contact.service_form = 'T21'
        AND contact.contact_type IN ('R10', 'R20', 'R41', 'R52')
      )
      AND NOT contact.cancelled IS TRUE
    )
    AND NOT COALESCE(contact.status, '7') IN ('3', '4', '5', '9')
  GROUP BY
    this.key
), with_checks AS (
  SELECT
    this.*,
    COALESCE(look_checks.given, 0) AS checks
  FROM kept AS this
  LEFT JOIN look_checks
    ON look_checks.key = this.key
), look_doctor AS (
  SELECT
    this.key,
    COUNT(*) AS given
  FROM marts__contact AS contact
  JOIN with_checks AS this
    ON contact.person = this.person
    AND CAST(contact.happened_at AS TIMESTAMP_NTZ) >= CAST((
      CAST(this.recorded_on AS DATE) + CAST(-300 AS INT)
    ) AS TIMESTAMP_NTZ)
    AND CAST(contact.happened_at AS TIMESTAMP_NTZ) < CAST((
      CAST(this.recorded_on AS DATE) + 1
    ) AS TIMESTAMP_NTZ)
  WHERE
    (
      (
        (
          contact.service_form = 'T21'
          AND contact.contact_type IN ('R10', 'R20', 'R41', 'R52')
        )
        AND contact.profession = 'LK'
      )
      AND NOT contact.cancelled IS TRUE
    )
    AND NOT COALESCE(contact.status, '7') IN ('3', '4', '5', '9')
  GROUP BY
    this.key
), with_doctor AS (
  SELECT
    this.*,
    COALESCE(look_doctor.given, 0) AS doctor
  FROM with_checks AS this
  LEFT JOIN look_doctor
    ON look_doctor.key = this.key
), look_earlier AS (
  SELECT
    diagnosis.person AS shared,
    MIN(CAST(diagnosis.recorded_on AS TIMESTAMP_NTZ)) AS moment
  FROM marts__diagnosis AS diagnosis
  WHERE
    (
      STARTSWITH(diagnosis.code, 'O80')
      OR STARTSWITH(diagnosis.code, 'O81')
      OR STARTSWITH(diagnosis.code, 'O82')
      OR STARTSWITH(diagnosis.code, 'O83')
      OR STARTSWITH(diagnosis.code, 'O84')
      OR STARTSWITH(diagnosis.code, 'W90')
      OR STARTSWITH(diagnosis.code, 'W91')
      OR STARTSWITH(diagnosis.code, 'W92')
      OR STARTSWITH(diagnosis.code, 'W93')
    )
    AND NOT diagnosis.recorded_on IS NULL
  GROUP BY
    diagnosis.person
), with_earlier AS (
  SELECT
    this.*,
    COALESCE(
      look_earlier.moment < CAST((
        CAST(this.recorded_on AS DATE) + CAST(-180 AS INT)
      ) AS TIMESTAMP_NTZ),
      FALSE
    ) AS earlier
  FROM with_doctor AS this
  LEFT JOIN look_earlier
    ON look_earlier.shared = this.person
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('MONTH', recorded_on) AS DATE) AS month
  FROM with_earlier
  WHERE
    recorded_on >= CAST(:first_month AS DATE)
    AND recorded_on < ADD_MONTHS(CAST(:last_month AS DATE), 1)
), dated_2 AS (
  SELECT
    *,
    month AS period_start,
    LAST_DAY(month) AS period_end
  FROM dated
), periods AS (
  SELECT DISTINCT
    'month' AS grain,
    DATE_FORMAT(month, 'yyyy-MM') AS period,
    CAST(DATE_TRUNC('MONTH', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('MONTH', month) + INTERVAL '0' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      EXPLODE(
        CAST(SEQUENCE(
          CAST(:first_month AS TIMESTAMP_NTZ),
          CAST(:last_month AS TIMESTAMP_NTZ),
          INTERVAL '1' MONTH
        ) AS ARRAY<DATE>)
      ) AS month
  ) AS months
  UNION ALL
  SELECT DISTINCT
    'quarter' AS grain,
    YEAR(month) || '-Q' || QUARTER(month) AS period,
    CAST(DATE_TRUNC('QUARTER', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('QUARTER', month) + INTERVAL '2' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      EXPLODE(
        CAST(SEQUENCE(
          CAST(:first_month AS TIMESTAMP_NTZ),
          CAST(:last_month AS TIMESTAMP_NTZ),
          INTERVAL '1' MONTH
        ) AS ARRAY<DATE>)
      ) AS month
  ) AS months
  UNION ALL
  SELECT DISTINCT
    'year' AS grain,
    CAST(YEAR(month) AS STRING) AS period,
    CAST(DATE_TRUNC('YEAR', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('YEAR', month) + INTERVAL '11' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      EXPLODE(
        CAST(SEQUENCE(
          CAST(:first_month AS TIMESTAMP_NTZ),
          CAST(:last_month AS TIMESTAMP_NTZ),
          INTERVAL '1' MONTH
        ) AS ARRAY<DATE>)
      ) AS month
  ) AS months
), aged AS (
  SELECT
    *,
    (
      (
        YEAR(recorded_on) - YEAR(person__birth_date)
      ) - CAST((
        MONTH(recorded_on) * 100 + DAY(recorded_on) < MONTH(person__birth_date) * 100 + DAY(person__birth_date)
      ) AS INT)
    ) AS age_1
  FROM dated_2
), flagged AS (
  SELECT
    month,
    CAST(CASE
      WHEN age_1 >= 85
      THEN '85+'
      WHEN age_1 BETWEEN 75 AND 84
      THEN '75-84'
      WHEN age_1 BETWEEN 65 AND 74
      THEN '65-74'
      WHEN age_1 BETWEEN 30 AND 64
      THEN '30-64'
      WHEN age_1 BETWEEN 18 AND 29
      THEN '18-29'
      WHEN age_1 BETWEEN 7 AND 17
      THEN '7-17'
      WHEN age_1 BETWEEN 0 AND 6
      THEN '0-6'
    END AS STRING) AS age_group,
    CAST(CASE WHEN person__security_block THEN NULL ELSE person__municipality END AS STRING) AS municipality,
    CASE
      WHEN checks >= CASE WHEN earlier THEN 8 ELSE 9 END AND doctor >= 2
      THEN 1
      ELSE 0
    END AS pattern
  FROM aged
), cells AS (
  SELECT
    month,
    age_group,
    municipality,
    pattern,
    COUNT(*) AS rows
  FROM flagged
  GROUP BY
    month,
    pattern,
    age_group,
    municipality
), groups AS (
  SELECT
    month,
    '' AS set,
    '' AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  GROUP BY
    month,
    pattern
  UNION ALL
  SELECT
    month,
    'age_group' AS set,
    'age_group=' || COALESCE(age_group, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  GROUP BY
    month,
    age_group,
    pattern
  UNION ALL
  SELECT
    month,
    'municipality' AS set,
    'municipality=' || COALESCE(municipality, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  GROUP BY
    month,
    municipality,
    pattern
), monthly AS (
  SELECT
    month,
    set,
    `group`,
    SUM(rows) AS rows,
    SUM(rows) FILTER(WHERE
      (
        pattern & 1
      ) <> 0) AS true_0
  FROM groups
  GROUP BY
    month,
    set,
    `group`
), summed_maternity_check_coverage AS (
  SELECT
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly.`group`,
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
    monthly.`group`
)
SELECT
  'maternity_check_coverage' AS measure,
  1 AS version,
  summed_maternity_check_coverage.period AS period,
  summed_maternity_check_coverage.`group` AS `group`,
  CAST(summed_maternity_check_coverage.numerator AS DOUBLE) AS numerator,
  CAST(summed_maternity_check_coverage.denominator AS DOUBLE) AS denominator,
  CAST(summed_maternity_check_coverage.numerator AS DOUBLE) / NULLIF(CAST(summed_maternity_check_coverage.denominator AS DOUBLE), 0) AS value,
  summed_maternity_check_coverage.weighed AS n
FROM summed_maternity_check_coverage
