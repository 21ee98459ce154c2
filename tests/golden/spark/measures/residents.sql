WITH person AS (
  SELECT
    person.key,
    person.birth_date,
    person.sex,
    person.language,
    person.municipality,
    person.died_on,
    person.security_block,
    person.is_test
  FROM marts__person AS person
  WHERE
    NOT person.municipality IS NULL AND NOT person.is_test IS TRUE
), census AS (
  SELECT
    person.*,
    months.month AS period_start,
    CAST(LAST_DAY(months.month) AS DATE) AS period_end
  FROM person
  CROSS JOIN (
    SELECT
      EXPLODE(
        CAST(SEQUENCE(
          CAST(:first_month AS TIMESTAMP_NTZ),
          CAST(:last_month AS TIMESTAMP_NTZ),
          INTERVAL '1' MONTH
        ) AS ARRAY<DATE>)
      ) AS month
  ) AS months
), kept AS (
  SELECT
    *
  FROM census
  WHERE
    birth_date <= period_end AND (
      died_on IS NULL OR died_on > period_end
    )
), dated AS (
  SELECT
    *,
    period_start AS month
  FROM kept
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
), segmented AS (
  SELECT
    dated.*,
    spans.segment
  FROM dated
  LEFT JOIN marts__segment_spans AS spans
    ON spans.segments = 'main'
    AND spans.person = dated.key
    AND spans.since <= dated.period_end
    AND spans.until >= dated.period_end
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
  FROM segmented
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
    language AS language,
    CAST(CASE WHEN security_block THEN NULL ELSE municipality END AS STRING) AS municipality,
    segment,
    sex AS sex,
    CASE WHEN TRUE THEN 1 ELSE 0 END AS pattern
  FROM aged
), cells AS (
  SELECT
    month,
    age_group,
    language,
    municipality,
    segment,
    sex,
    pattern,
    (
      CAST(GROUPING(sex) AS BIGINT) * 1 + CAST(GROUPING(segment) AS BIGINT) * 2 + CAST(GROUPING(municipality) AS BIGINT) * 4 + CAST(GROUPING(language) AS BIGINT) * 8 + CAST(GROUPING(age_group) AS BIGINT) * 16
    ) AS bundle,
    COUNT(*) AS rows
  FROM flagged
  GROUP BY
    GROUPING SETS (
      (month, pattern, age_group, municipality, sex),
      (month, pattern, language, segment)
    )
), groups AS (
  SELECT
    month,
    'age_group' AS set,
    'age_group=' || COALESCE(age_group, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 10
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
  WHERE
    bundle = 10
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
  WHERE
    bundle = 10
  GROUP BY
    month,
    sex,
    pattern
  UNION ALL
  SELECT
    month,
    'age_group;municipality' AS set,
    'age_group=' || COALESCE(age_group, 'unknown') || ';municipality=' || COALESCE(municipality, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 10
  GROUP BY
    month,
    age_group,
    municipality,
    pattern
  UNION ALL
  SELECT
    month,
    'age_group;sex' AS set,
    'age_group=' || COALESCE(age_group, 'unknown') || ';sex=' || COALESCE(sex, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 10
  GROUP BY
    month,
    age_group,
    sex,
    pattern
  UNION ALL
  SELECT
    month,
    '' AS set,
    '' AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 21
  GROUP BY
    month,
    pattern
  UNION ALL
  SELECT
    month,
    'language' AS set,
    'language=' || COALESCE(language, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 21
  GROUP BY
    month,
    language,
    pattern
  UNION ALL
  SELECT
    month,
    'segment' AS set,
    'segment=' || COALESCE(segment, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 21
  GROUP BY
    month,
    segment,
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
), summed_residents AS (
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
    ON monthly.month = periods.last_month
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
  'residents' AS measure,
  1 AS version,
  summed_residents.period AS period,
  summed_residents.`group` AS `group`,
  CAST(summed_residents.numerator AS DOUBLE) AS numerator,
  NULL AS denominator,
  CAST(summed_residents.numerator AS DOUBLE) AS value,
  summed_residents.counted AS n
FROM summed_residents
