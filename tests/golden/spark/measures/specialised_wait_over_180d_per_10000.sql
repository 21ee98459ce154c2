WITH queue_entry AS (
  SELECT
    queue_entry.key,
    queue_entry.person,
    queue_entry.referral_at,
    queue_entry.decided_at,
    queue_entry.ended_at,
    queue_entry.patient_delay,
    queue_entry.urgency,
    person.birth_date AS person__birth_date,
    person.municipality AS person__municipality,
    person.security_block AS person__security_block,
    person.sex AS person__sex
  FROM marts__queue_entry AS queue_entry
  LEFT JOIN marts__person AS person
    ON person.key = queue_entry.person
  WHERE
    NOT queue_entry.patient_delay IS TRUE
    AND COALESCE(queue_entry.urgency, 'E') = 'E'
), census AS (
  SELECT
    queue_entry.*,
    months.month AS period_start,
    CAST(LAST_DAY(months.month) AS DATE) AS period_end
  FROM queue_entry
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
), named AS (
  SELECT
    *,
    CAST(COALESCE(decided_at, referral_at) AS DATE) AS since
  FROM census
), kept AS (
  SELECT
    *
  FROM named
  WHERE
    since <= period_end
    AND (
      ended_at IS NULL OR CAST(ended_at AS DATE) > period_end
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
), aged AS (
  SELECT
    *,
    (
      (
        YEAR(CAST(referral_at AS DATE)) - YEAR(person__birth_date)
      ) - CAST((
        MONTH(CAST(referral_at AS DATE)) * 100 + DAY(CAST(referral_at AS DATE)) < MONTH(person__birth_date) * 100 + DAY(person__birth_date)
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
    CAST(CASE WHEN person__security_block THEN NULL ELSE person__municipality END AS STRING) AS municipality,
    CAST(person__sex AS STRING) AS sex,
    CASE WHEN DATEDIFF(DAY, since, period_end) > 180 THEN 1 ELSE 0 END AS pattern
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
), summed_specialised_wait_over_180d_per_10000 AS (
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
), population AS (
  SELECT
    population.key,
    population.municipality,
    population.year,
    population.age,
    population.sex,
    population.persons
  FROM marts__population AS population
), dated_2 AS (
  SELECT
    *,
    CAST(DATE_TRUNC('MONTH', CAST(TRY_MAKE_TIMESTAMP_NTZ(year, 1, 1, 0, 0, 0) AS DATE)) AS DATE) AS month
  FROM population
  WHERE
    CAST(TRY_MAKE_TIMESTAMP_NTZ(year, 1, 1, 0, 0, 0) AS DATE) >= CAST(TRUNC(CAST(:first_month AS DATE), 'YEAR') AS DATE)
    AND CAST(TRY_MAKE_TIMESTAMP_NTZ(year, 1, 1, 0, 0, 0) AS DATE) < ADD_MONTHS(CAST(ADD_MONTHS(TRUNC(CAST(:last_month AS DATE), 'YEAR'), 11) AS DATE), 1)
), dated_3 AS (
  SELECT
    *,
    month AS period_start,
    LAST_DAY(month) AS period_end
  FROM dated_2
), whole_periods AS (
  SELECT DISTINCT
    'month' AS grain,
    DATE_FORMAT(month, 'yyyy-MM') AS period,
    CAST(DATE_TRUNC('MONTH', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('MONTH', month) + INTERVAL '0' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      EXPLODE(
        CAST(SEQUENCE(
          CAST(CAST(TRUNC(CAST(:first_month AS DATE), 'YEAR') AS DATE) AS TIMESTAMP_NTZ),
          CAST(CAST(ADD_MONTHS(TRUNC(CAST(:last_month AS DATE), 'YEAR'), 11) AS DATE) AS TIMESTAMP_NTZ),
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
          CAST(CAST(TRUNC(CAST(:first_month AS DATE), 'YEAR') AS DATE) AS TIMESTAMP_NTZ),
          CAST(CAST(ADD_MONTHS(TRUNC(CAST(:last_month AS DATE), 'YEAR'), 11) AS DATE) AS TIMESTAMP_NTZ),
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
          CAST(CAST(TRUNC(CAST(:first_month AS DATE), 'YEAR') AS DATE) AS TIMESTAMP_NTZ),
          CAST(CAST(ADD_MONTHS(TRUNC(CAST(:last_month AS DATE), 'YEAR'), 11) AS DATE) AS TIMESTAMP_NTZ),
          INTERVAL '1' MONTH
        ) AS ARRAY<DATE>)
      ) AS month
  ) AS months
), flagged_2 AS (
  SELECT
    month,
    CAST(CASE
      WHEN age >= 85
      THEN '85+'
      WHEN age BETWEEN 75 AND 84
      THEN '75-84'
      WHEN age BETWEEN 65 AND 74
      THEN '65-74'
      WHEN age BETWEEN 30 AND 64
      THEN '30-64'
      WHEN age BETWEEN 18 AND 29
      THEN '18-29'
      WHEN age BETWEEN 7 AND 17
      THEN '7-17'
      WHEN age BETWEEN 0 AND 6
      THEN '0-6'
    END AS STRING) AS age_group,
    municipality AS municipality,
    sex AS sex,
    CAST(persons AS DECIMAL(24, 6)) AS value_0
  FROM dated_3
), cells_2 AS (
  SELECT
    month,
    age_group,
    municipality,
    sex,
    COUNT(*) AS rows,
    SUM(value_0) AS sum_0,
    COUNT(value_0) AS count_0
  FROM flagged_2
  GROUP BY
    month,
    age_group,
    municipality,
    sex
), groups_2 AS (
  SELECT
    month,
    '' AS set,
    '' AS `group`,
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells_2
  GROUP BY
    month
  UNION ALL
  SELECT
    month,
    'age_group' AS set,
    'age_group=' || COALESCE(age_group, 'unknown') AS `group`,
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells_2
  GROUP BY
    month,
    age_group
  UNION ALL
  SELECT
    month,
    'municipality' AS set,
    'municipality=' || COALESCE(municipality, 'unknown') AS `group`,
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells_2
  GROUP BY
    month,
    municipality
  UNION ALL
  SELECT
    month,
    'sex' AS set,
    'sex=' || COALESCE(sex, 'unknown') AS `group`,
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells_2
  GROUP BY
    month,
    sex
), monthly_2 AS (
  SELECT
    month,
    set,
    `group`,
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM groups_2
  GROUP BY
    month,
    set,
    `group`
), summed_specialised_wait_over_180d_per_10000_per AS (
  SELECT
    whole_periods.grain,
    whole_periods.period,
    whole_periods.first_month,
    whole_periods.last_month,
    monthly_2.set,
    monthly_2.`group`,
    COALESCE(SUM(sum_0), 0) AS numerator,
    COALESCE(SUM(count_0), 0) AS counted,
    COALESCE(SUM(rows), 0) AS denominator,
    COALESCE(SUM(rows), 0) AS weighed,
    COALESCE(SUM(rows), 0) AS chosen
  FROM monthly_2
  JOIN whole_periods
    ON monthly_2.month BETWEEN whole_periods.first_month AND whole_periods.last_month
    AND whole_periods.grain IN ('year')
  GROUP BY
    whole_periods.grain,
    whole_periods.period,
    whole_periods.first_month,
    whole_periods.last_month,
    monthly_2.set,
    monthly_2.`group`
)
SELECT
  'specialised_wait_over_180d_per_10000' AS measure,
  1 AS version,
  summed_specialised_wait_over_180d_per_10000.period AS period,
  summed_specialised_wait_over_180d_per_10000.`group` AS `group`,
  CAST(summed_specialised_wait_over_180d_per_10000.numerator AS DOUBLE) AS numerator,
  CAST(summed_specialised_wait_over_180d_per_10000_per.numerator AS DOUBLE) AS denominator,
  CAST(summed_specialised_wait_over_180d_per_10000.numerator AS DOUBLE) / NULLIF(CAST(summed_specialised_wait_over_180d_per_10000_per.numerator AS DOUBLE), 0) * 10000 AS value,
  summed_specialised_wait_over_180d_per_10000.counted AS n
FROM summed_specialised_wait_over_180d_per_10000
LEFT JOIN summed_specialised_wait_over_180d_per_10000_per
  ON summed_specialised_wait_over_180d_per_10000_per.grain = CASE summed_specialised_wait_over_180d_per_10000.grain
    WHEN 'month'
    THEN 'year'
    WHEN 'quarter'
    THEN 'year'
    WHEN 'year'
    THEN 'year'
  END
  AND summed_specialised_wait_over_180d_per_10000_per.first_month <= summed_specialised_wait_over_180d_per_10000.first_month
  AND summed_specialised_wait_over_180d_per_10000_per.last_month >= summed_specialised_wait_over_180d_per_10000.last_month
  AND summed_specialised_wait_over_180d_per_10000_per.`group` = summed_specialised_wait_over_180d_per_10000.`group`
