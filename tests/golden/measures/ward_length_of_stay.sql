WITH stay AS (
  SELECT
    stay.key,
    stay.person,
    stay.kind,
    stay.speciality,
    stay.started_at,
    stay.ended_at,
    person.birth_date AS person__birth_date,
    person.municipality AS person__municipality,
    person.security_block AS person__security_block,
    person.sex AS person__sex,
    unit.unit_code AS unit__unit_code
  FROM marts.stay AS stay
  LEFT JOIN marts.person AS person
    ON person.key = stay.person
  LEFT JOIN marts.unit AS unit
    ON unit.key = stay.unit
  WHERE
    stay.kind = 'ward'
), arguments AS (
  SELECT
    *,
    started_at AS argument_started,
    ended_at AS argument_ended,
    1 AS argument_gap
  FROM stay
), chained_stays AS (
  SELECT
    *
    EXCLUDE (starts, chain_end, chain, ends),
    MIN(starts) OVER chains AS started,
    CASE
      WHEN MAX(ends) OVER chains < CAST('9999-12-31' AS TIMESTAMP)
      THEN MAX(ends) OVER chains
    END AS ended,
    CASE
      WHEN MAX(ends) OVER chains < CAST('9999-12-31' AS TIMESTAMP)
      THEN DATE_DIFF('DAY', CAST(MIN(starts) OVER chains AS DATE), CAST(MAX(ends) OVER chains AS DATE))
    END AS nights,
    COUNT(*) OVER chains AS stays
  FROM (
    SELECT
      *,
      SUM(
        CASE
          WHEN DATE_DIFF('DAY', CAST(chain_end AS DATE), CAST(starts AS DATE)) <= argument_gap
          THEN 0
          ELSE 1
        END
      ) OVER (
        PARTITION BY person
        ORDER BY starts, ends, CAST(key AS TEXT)
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS chain
    FROM (
      SELECT
        *,
        MAX(ends) OVER (
          PARTITION BY person
          ORDER BY starts, ends, CAST(key AS TEXT)
          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS chain_end
      FROM (
        SELECT
          *,
          CAST(argument_started AS TIMESTAMP) AS starts,
          COALESCE(CAST(argument_ended AS TIMESTAMP), CAST('9999-12-31' AS TIMESTAMP)) AS ends
        FROM arguments
        WHERE
          NOT argument_started IS NULL
      ) AS stays
    ) AS stays
  ) AS stays
  WINDOW chains AS (PARTITION BY person, chain)
  QUALIFY
    ROW_NUMBER() OVER (
      PARTITION BY person, chain
      ORDER BY starts DESC, ends DESC, CAST(key AS TEXT) DESC
    ) = 1
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('month', ended) AS DATE) AS month
  FROM chained_stays
  WHERE
    ended >= CAST($first_month AS DATE)
    AND ended < CAST($last_month AS DATE) + TO_MONTHS(1)
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
), aged AS (
  SELECT
    *,
    (
      (
        YEAR(CAST(started_at AS DATE)) - YEAR(person__birth_date)
      ) - CAST((
        MONTH(CAST(started_at AS DATE)) * 100 + DAY(CAST(started_at AS DATE)) < MONTH(person__birth_date) * 100 + DAY(person__birth_date)
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
    END AS TEXT) AS age_group,
    CAST(CASE WHEN person__security_block THEN NULL ELSE person__municipality END AS TEXT) AS municipality,
    CAST(person__sex AS TEXT) AS sex,
    speciality AS speciality,
    CAST(unit__unit_code AS TEXT) AS unit,
    CASE WHEN NOT (
      nights
    ) IS NULL THEN 1 ELSE 0 END AS pattern,
    CAST(nights AS DECIMAL(24, 6)) AS value_0
  FROM aged
), cells AS (
  SELECT
    month,
    age_group,
    municipality,
    sex,
    speciality,
    unit,
    pattern,
    GROUPING(age_group, municipality, sex, speciality, unit) AS bundle,
    COUNT(*) AS rows,
    SUM(value_0) AS sum_0,
    COUNT(value_0) AS count_0
  FROM flagged
  GROUP BY
    GROUPING SETS (
      (month, pattern, age_group, municipality, sex),
      (month, pattern, speciality),
      (month, pattern, unit)
    )
), groups AS (
  SELECT
    month,
    'age_group' AS set,
    'age_group=' || COALESCE(age_group, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells
  WHERE
    bundle = 3
  GROUP BY
    month,
    age_group,
    pattern
  UNION ALL
  SELECT
    month,
    'municipality' AS set,
    'municipality=' || COALESCE(municipality, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells
  WHERE
    bundle = 3
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
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells
  WHERE
    bundle = 3
  GROUP BY
    month,
    sex,
    pattern
  UNION ALL
  SELECT
    month,
    '' AS set,
    '' AS "group",
    pattern,
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells
  WHERE
    bundle = 29
  GROUP BY
    month,
    pattern
  UNION ALL
  SELECT
    month,
    'speciality' AS set,
    'speciality=' || COALESCE(speciality, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells
  WHERE
    bundle = 29
  GROUP BY
    month,
    speciality,
    pattern
  UNION ALL
  SELECT
    month,
    'unit' AS set,
    'unit=' || COALESCE(unit, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells
  WHERE
    bundle = 30
  GROUP BY
    month,
    unit,
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
      ) <> 0) AS true_0,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM groups
  GROUP BY
    month,
    set,
    "group"
), summed_ward_length_of_stay AS (
  SELECT
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly."group",
    COALESCE(SUM(sum_0), 0) AS numerator,
    COALESCE(SUM(count_0), 0) AS counted,
    COALESCE(SUM(true_0), 0) AS denominator,
    COALESCE(SUM(true_0), 0) AS weighed,
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
  'ward_length_of_stay' AS measure,
  1 AS version,
  summed_ward_length_of_stay.period AS period,
  summed_ward_length_of_stay."group" AS "group",
  CAST(summed_ward_length_of_stay.numerator AS DOUBLE) AS numerator,
  CAST(summed_ward_length_of_stay.denominator AS DOUBLE) AS denominator,
  CAST(summed_ward_length_of_stay.numerator AS DOUBLE) / NULLIF(CAST(summed_ward_length_of_stay.denominator AS DOUBLE), 0) AS value,
  summed_ward_length_of_stay.weighed AS n
FROM summed_ward_length_of_stay
