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
), look_first_on AS (
  SELECT
    this.key,
    this.period_end,
    MIN(assessment.assessed_on) AS given
  FROM marts__assessment_answers AS assessment
  JOIN kept AS this
    ON assessment.person = this.key
    AND CAST(assessment.assessed_on AS TIMESTAMP_NTZ) >= CAST(CAST(ADD_MONTHS(CAST((
      CAST(this.period_end AS DATE) + 1
    ) AS DATE), CAST(-12 AS INT)) AS DATE) AS TIMESTAMP_NTZ)
    AND CAST(assessment.assessed_on AS TIMESTAMP_NTZ) < CAST((
      CAST(this.period_end AS DATE) + 1
    ) AS TIMESTAMP_NTZ)
  WHERE
    assessment.variable = 'who5' AND assessment.number BETWEEN 0 AND 100
  GROUP BY
    this.key,
    this.period_end
), with_first_on AS (
  SELECT
    this.*,
    look_first_on.given AS first_on
  FROM kept AS this
  LEFT JOIN look_first_on
    ON look_first_on.key = this.key AND look_first_on.period_end = this.period_end
), look_last_on AS (
  SELECT
    this.key,
    this.period_end,
    MAX(assessment.assessed_on) AS given
  FROM marts__assessment_answers AS assessment
  JOIN with_first_on AS this
    ON assessment.person = this.key
    AND CAST(assessment.assessed_on AS TIMESTAMP_NTZ) >= CAST(CAST(ADD_MONTHS(CAST((
      CAST(this.period_end AS DATE) + 1
    ) AS DATE), CAST(-12 AS INT)) AS DATE) AS TIMESTAMP_NTZ)
    AND CAST(assessment.assessed_on AS TIMESTAMP_NTZ) < CAST((
      CAST(this.period_end AS DATE) + 1
    ) AS TIMESTAMP_NTZ)
  WHERE
    assessment.variable = 'who5' AND assessment.number BETWEEN 0 AND 100
  GROUP BY
    this.key,
    this.period_end
), with_last_on AS (
  SELECT
    this.*,
    look_last_on.given AS last_on
  FROM with_first_on AS this
  LEFT JOIN look_last_on
    ON look_last_on.key = this.key AND look_last_on.period_end = this.period_end
), kept_2 AS (
  SELECT
    *
  FROM with_last_on
  WHERE
    last_on > first_on
), look_at_first AS (
  SELECT
    this.key,
    this.period_end,
    MAX_BY(
      assessment.number,
      STRUCT(
        -UNIX_MICROS(CAST(CAST(assessment.assessed_on AS TIMESTAMP_NTZ) AS TIMESTAMP_LTZ)),
        assessment.number
      )
    ) FILTER(WHERE
      NOT assessment.number IS NULL) AS given
  FROM marts__assessment_answers AS assessment
  JOIN kept_2 AS this
    ON assessment.person = this.key
    AND CAST(assessment.assessed_on AS TIMESTAMP_NTZ) >= CAST(CAST(ADD_MONTHS(CAST((
      CAST(this.period_end AS DATE) + 1
    ) AS DATE), CAST(-12 AS INT)) AS DATE) AS TIMESTAMP_NTZ)
    AND CAST(assessment.assessed_on AS TIMESTAMP_NTZ) < CAST((
      CAST(this.period_end AS DATE) + 1
    ) AS TIMESTAMP_NTZ)
  WHERE
    (
      assessment.variable = 'who5' AND assessment.number BETWEEN 0 AND 100
    )
    AND NOT assessment.assessed_on IS NULL
  GROUP BY
    this.key,
    this.period_end
), with_at_first AS (
  SELECT
    this.*,
    look_at_first.given AS at_first
  FROM kept_2 AS this
  LEFT JOIN look_at_first
    ON look_at_first.key = this.key AND look_at_first.period_end = this.period_end
), look_at_last AS (
  SELECT
    assessment.person AS shared,
    CAST(assessment.assessed_on AS TIMESTAMP_NTZ) AS moment,
    MAX(assessment.number) AS given
  FROM marts__assessment_answers AS assessment
  WHERE
    (
      (
        (
          assessment.variable = 'who5' AND assessment.number BETWEEN 0 AND 100
        )
        AND NOT assessment.assessed_on IS NULL
      )
      AND NOT assessment.number IS NULL
    )
    AND NOT assessment.assessed_on IS NULL
  GROUP BY
    assessment.person,
    CAST(assessment.assessed_on AS TIMESTAMP_NTZ)
), with_at_last AS (
  SELECT
    this.*,
    CASE
      WHEN look_at_last.moment >= CAST(CAST(ADD_MONTHS(CAST((
        CAST(this.period_end AS DATE) + 1
      ) AS DATE), CAST(-12 AS INT)) AS DATE) AS TIMESTAMP_NTZ)
      THEN look_at_last.given
    END AS at_last
  FROM (
    SELECT
      *
    FROM (
      SELECT
        this,
        LAST_VALUE(look_at_last, TRUE) OVER (
          PARTITION BY asof_key
          ORDER BY asof_at, asof_side
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS look_at_last
      FROM (
        SELECT
          STRUCT(this.*) AS this,
          NULL AS look_at_last,
          this.key AS asof_key,
          CAST((
            CAST(this.period_end AS DATE) + 1
          ) AS TIMESTAMP_NTZ) AS asof_at,
          0 AS asof_side
        FROM with_at_first AS this
        UNION ALL
        SELECT
          NULL AS this,
          STRUCT(look_at_last.*) AS look_at_last,
          look_at_last.shared AS asof_key,
          look_at_last.moment AS asof_at,
          1 AS asof_side
        FROM look_at_last
        WHERE
          NOT look_at_last.shared IS NULL
      ) AS asof_lines
    ) AS asof_seen
    WHERE
      NOT this IS NULL
  ) AS asof_pairs
), dated AS (
  SELECT
    *,
    period_start AS month
  FROM with_at_last
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
    CASE WHEN NOT (
      at_last - at_first
    ) IS NULL THEN 1 ELSE 0 END AS pattern,
    CAST(at_last - at_first AS DECIMAL(24, 6)) AS value_0
  FROM aged
), cells AS (
  SELECT
    month,
    age_group,
    municipality,
    sex,
    pattern,
    COUNT(*) AS rows,
    SUM(value_0) AS sum_0,
    COUNT(value_0) AS count_0
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
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
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
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
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
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
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
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
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
      ) <> 0) AS true_0,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM groups
  GROUP BY
    month,
    set,
    `group`
), summed_who5_change AS (
  SELECT
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly.`group`,
    COALESCE(SUM(sum_0), 0) AS numerator,
    COALESCE(SUM(count_0), 0) AS counted,
    COALESCE(SUM(true_0), 0) AS denominator,
    COALESCE(SUM(true_0), 0) AS weighed,
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
  'who5_change' AS measure,
  1 AS version,
  summed_who5_change.period AS period,
  summed_who5_change.`group` AS `group`,
  CAST(summed_who5_change.numerator AS DOUBLE) AS numerator,
  CAST(summed_who5_change.denominator AS DOUBLE) AS denominator,
  CAST(summed_who5_change.numerator AS DOUBLE) / NULLIF(CAST(summed_who5_change.denominator AS DOUBLE), 0) AS value,
  summed_who5_change.weighed AS n
FROM summed_who5_change
