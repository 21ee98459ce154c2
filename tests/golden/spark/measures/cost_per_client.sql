WITH cost_line AS (
  SELECT
    cost_line.key,
    cost_line.person,
    cost_line.month,
    cost_line.amount
  FROM marts__cost_line AS cost_line
), dated AS (
  SELECT
    *
    EXCEPT (month),
    CAST(DATE_TRUNC('MONTH', month) AS DATE) AS month
  FROM cost_line
  WHERE
    month >= CAST(:first_month AS DATE)
    AND month < ADD_MONTHS(CAST(:last_month AS DATE), 1)
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
), in_periods AS (
  SELECT
    dated_2.*,
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month
  FROM dated_2
  JOIN periods
    ON dated_2.month BETWEEN periods.first_month AND periods.last_month
    AND periods.grain IN ('year')
), arguments AS (
  SELECT
    *,
    amount AS argument_amount
  FROM in_periods
), person_totals AS (
  SELECT
    grain,
    period,
    first_month,
    last_month,
    person,
    SUM(COALESCE(CAST(argument_amount AS DECIMAL(24, 6)), 0)) AS total,
    COUNT(*) AS `rows`
  FROM arguments
  WHERE
    NOT person IS NULL
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    person
), with_person AS (
  SELECT
    person_totals.*,
    LAST_DAY(person_totals.last_month) AS period_end,
    person.birth_date AS person__birth_date,
    person.municipality AS person__municipality,
    person.security_block AS person__security_block,
    person.sex AS person__sex
  FROM person_totals
  LEFT JOIN marts__person AS person
    ON person.key = person_totals.person
), segmented AS (
  SELECT
    with_person.*,
    spans.segment
  FROM with_person
  LEFT JOIN marts__segment_spans AS spans
    ON spans.segments = 'main'
    AND spans.person = with_person.person
    AND spans.since <= with_person.period_end
    AND spans.until >= with_person.period_end
), aged AS (
  SELECT
    *,
    (
      (
        YEAR(period_end) - YEAR(person__birth_date)
      ) - CAST((
        MONTH(period_end) * 100 + DAY(period_end) < MONTH(person__birth_date) * 100 + DAY(person__birth_date)
      ) AS INT)
    ) AS age_1
  FROM segmented
), valued_cost_per_client AS (
  SELECT
    grain,
    period,
    first_month,
    last_month,
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
    segment,
    CAST(person__sex AS STRING) AS sex,
    total AS value,
    TRUE AS weight
  FROM aged
), summed_cost_per_client AS (
  SELECT
    grain,
    period,
    first_month,
    last_month,
    '' AS set,
    '' AS `group`,
    COALESCE(SUM(CAST(value AS DECIMAL(24, 6))), 0) AS numerator,
    COUNT(value) AS counted,
    COUNT(*) FILTER(WHERE
      weight AND NOT value IS NULL) AS denominator,
    COUNT(*) FILTER(WHERE
      weight AND NOT value IS NULL) AS weighed,
    COUNT(*) AS chosen
  FROM valued_cost_per_client
  GROUP BY
    grain,
    period,
    first_month,
    last_month
  UNION ALL
  SELECT
    grain,
    period,
    first_month,
    last_month,
    'age_group' AS set,
    'age_group=' || COALESCE(age_group, 'unknown') AS `group`,
    COALESCE(SUM(CAST(value AS DECIMAL(24, 6))), 0) AS numerator,
    COUNT(value) AS counted,
    COUNT(*) FILTER(WHERE
      weight AND NOT value IS NULL) AS denominator,
    COUNT(*) FILTER(WHERE
      weight AND NOT value IS NULL) AS weighed,
    COUNT(*) AS chosen
  FROM valued_cost_per_client
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    age_group
  UNION ALL
  SELECT
    grain,
    period,
    first_month,
    last_month,
    'municipality' AS set,
    'municipality=' || COALESCE(municipality, 'unknown') AS `group`,
    COALESCE(SUM(CAST(value AS DECIMAL(24, 6))), 0) AS numerator,
    COUNT(value) AS counted,
    COUNT(*) FILTER(WHERE
      weight AND NOT value IS NULL) AS denominator,
    COUNT(*) FILTER(WHERE
      weight AND NOT value IS NULL) AS weighed,
    COUNT(*) AS chosen
  FROM valued_cost_per_client
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    municipality
  UNION ALL
  SELECT
    grain,
    period,
    first_month,
    last_month,
    'segment' AS set,
    'segment=' || COALESCE(segment, 'unknown') AS `group`,
    COALESCE(SUM(CAST(value AS DECIMAL(24, 6))), 0) AS numerator,
    COUNT(value) AS counted,
    COUNT(*) FILTER(WHERE
      weight AND NOT value IS NULL) AS denominator,
    COUNT(*) FILTER(WHERE
      weight AND NOT value IS NULL) AS weighed,
    COUNT(*) AS chosen
  FROM valued_cost_per_client
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    segment
  UNION ALL
  SELECT
    grain,
    period,
    first_month,
    last_month,
    'sex' AS set,
    'sex=' || COALESCE(sex, 'unknown') AS `group`,
    COALESCE(SUM(CAST(value AS DECIMAL(24, 6))), 0) AS numerator,
    COUNT(value) AS counted,
    COUNT(*) FILTER(WHERE
      weight AND NOT value IS NULL) AS denominator,
    COUNT(*) FILTER(WHERE
      weight AND NOT value IS NULL) AS weighed,
    COUNT(*) AS chosen
  FROM valued_cost_per_client
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    sex
)
SELECT
  'cost_per_client' AS measure,
  1 AS version,
  summed_cost_per_client.period AS period,
  summed_cost_per_client.`group` AS `group`,
  CAST(summed_cost_per_client.numerator AS DOUBLE) AS numerator,
  CAST(summed_cost_per_client.denominator AS DOUBLE) AS denominator,
  CAST(summed_cost_per_client.numerator AS DOUBLE) / NULLIF(CAST(summed_cost_per_client.denominator AS DOUBLE), 0) AS value,
  summed_cost_per_client.weighed AS n
FROM summed_cost_per_client
