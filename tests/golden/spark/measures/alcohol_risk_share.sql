WITH person AS (
  SELECT
    person.key,
    person.birth_date,
    person.sex,
    person.municipality,
    person.died_on,
    person.security_block,
    person.is_test
  FROM marts__person AS person
  WHERE
    NOT person.is_test IS TRUE
), census AS (
  SELECT
    person.*,
    months.month AS period_start,
    CAST(LAST_DAY(months.month) AS DATE) AS period_end
  FROM person
  CROSS JOIN (
    SELECT
      month
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
    WHERE
      MONTH(month) % 3 = 0
  ) AS months
), kept AS (
  SELECT
    *
  FROM census
  WHERE
    birth_date <= period_end AND (
      died_on IS NULL OR died_on > period_end
    )
), look_risk AS (
  SELECT
    assessment.person AS shared,
    CAST(assessment.assessed_on AS TIMESTAMP_NTZ) AS moment,
    MAX(CASE WHEN assessment.value = 'risk' THEN 1 ELSE 0 END) AS given
  FROM marts__assessment_answers AS assessment
  WHERE
    (
      (
        (
          assessment.variable = 'alcohol_use' AND assessment.value IN ('risk', 'low')
        )
        AND NOT assessment.assessed_on IS NULL
      )
      AND NOT CASE WHEN assessment.value = 'risk' THEN 1 ELSE 0 END IS NULL
    )
    AND NOT assessment.assessed_on IS NULL
  GROUP BY
    assessment.person,
    CAST(assessment.assessed_on AS TIMESTAMP_NTZ)
), with_risk AS (
  SELECT
    this.*,
    CASE
      WHEN look_risk.moment >= CAST(CAST(ADD_MONTHS(CAST((
        CAST(this.period_end AS DATE) + 1
      ) AS DATE), CAST(-12 AS INT)) AS DATE) AS TIMESTAMP_NTZ)
      THEN look_risk.given
    END AS risk
  FROM (
    SELECT
      *
    FROM (
      SELECT
        this,
        LAST_VALUE(look_risk, TRUE) OVER (
          PARTITION BY asof_key
          ORDER BY asof_at, asof_side
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS look_risk
      FROM (
        SELECT
          STRUCT(this.*) AS this,
          NULL AS look_risk,
          this.key AS asof_key,
          CAST((
            CAST(this.period_end AS DATE) + 1
          ) AS TIMESTAMP_NTZ) AS asof_at,
          0 AS asof_side
        FROM kept AS this
        UNION ALL
        SELECT
          NULL AS this,
          STRUCT(look_risk.*) AS look_risk,
          look_risk.shared AS asof_key,
          look_risk.moment AS asof_at,
          1 AS asof_side
        FROM look_risk
        WHERE
          NOT look_risk.shared IS NULL
      ) AS asof_lines
    ) AS asof_seen
    WHERE
      NOT this IS NULL
  ) AS asof_pairs
), kept_2 AS (
  SELECT
    *
  FROM with_risk
  WHERE
    NOT risk IS NULL
), dated AS (
  SELECT
    *,
    period_start AS month
  FROM kept_2
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
        YEAR(period_end) - YEAR(birth_date)
      ) - CAST((
        MONTH(period_end) * 100 + DAY(period_end) < MONTH(birth_date) * 100 + DAY(birth_date)
      ) AS INT)
    ) AS age_1
  FROM dated
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
    CAST(CASE WHEN security_block THEN NULL ELSE municipality END AS STRING) AS municipality,
    sex AS sex,
    CASE WHEN risk = 1 THEN 1 ELSE 0 END AS pattern
  FROM aged
), cells AS (
  SELECT
    month,
    age_group,
    municipality,
    sex,
    pattern,
    COUNT(*) AS rows
  FROM flagged
  GROUP BY
    month,
    pattern,
    age_group,
    municipality,
    sex
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
  UNION ALL
  SELECT
    month,
    'sex' AS set,
    'sex=' || COALESCE(sex, 'unknown') AS `group`,
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
), summed_alcohol_risk_share AS (
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
    ON monthly.month = periods.last_month AND periods.grain IN ('quarter', 'year')
  GROUP BY
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly.`group`
)
SELECT
  'alcohol_risk_share' AS measure,
  1 AS version,
  summed_alcohol_risk_share.period AS period,
  summed_alcohol_risk_share.`group` AS `group`,
  CAST(summed_alcohol_risk_share.numerator AS DOUBLE) AS numerator,
  CAST(summed_alcohol_risk_share.denominator AS DOUBLE) AS denominator,
  CAST(summed_alcohol_risk_share.numerator AS DOUBLE) / NULLIF(CAST(summed_alcohol_risk_share.denominator AS DOUBLE), 0) AS value,
  summed_alcohol_risk_share.weighed AS n
FROM summed_alcohol_risk_share
