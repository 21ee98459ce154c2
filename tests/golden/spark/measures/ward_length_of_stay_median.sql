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
  FROM marts__stay AS stay
  LEFT JOIN marts__person AS person
    ON person.key = stay.person
  LEFT JOIN marts__unit AS unit
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
    *,
    started,
    ended,
    nights,
    stays
  FROM (
    SELECT
      *
      EXCEPT (starts, chain_end, chain, ends),
      MIN(starts) OVER chains AS started,
      CASE
        WHEN MAX(ends) OVER chains < CAST('9999-12-31' AS TIMESTAMP_NTZ)
        THEN MAX(ends) OVER chains
      END AS ended,
      CASE
        WHEN MAX(ends) OVER chains < CAST('9999-12-31' AS TIMESTAMP_NTZ)
        THEN DATEDIFF(DAY, CAST(MIN(starts) OVER chains AS DATE), CAST(MAX(ends) OVER chains AS DATE))
      END AS nights,
      COUNT(*) OVER chains AS stays,
      ROW_NUMBER() OVER (
        PARTITION BY person, chain
        ORDER BY starts DESC, ends DESC, CAST(key AS STRING) DESC
      ) AS _w
    FROM (
      SELECT
        *,
        SUM(
          CASE
            WHEN DATEDIFF(DAY, CAST(chain_end AS DATE), CAST(starts AS DATE)) <= argument_gap
            THEN 0
            ELSE 1
          END
        ) OVER (
          PARTITION BY person
          ORDER BY starts NULLS LAST, ends NULLS LAST, CAST(key AS STRING) NULLS LAST
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS chain
      FROM (
        SELECT
          *,
          MAX(ends) OVER (
            PARTITION BY person
            ORDER BY starts NULLS LAST, ends NULLS LAST, CAST(key AS STRING) NULLS LAST
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
          ) AS chain_end
        FROM (
          SELECT
            *,
            CAST(argument_started AS TIMESTAMP_NTZ) AS starts,
            COALESCE(CAST(argument_ended AS TIMESTAMP_NTZ), CAST('9999-12-31' AS TIMESTAMP_NTZ)) AS ends
          FROM arguments
          WHERE
            NOT argument_started IS NULL
        ) AS stays
      ) AS stays
    ) AS stays
    WINDOW chains AS (PARTITION BY person, chain)
  ) AS _t
  WHERE
    _w = 1
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('MONTH', ended) AS DATE) AS month
  FROM chained_stays
  WHERE
    ended >= CAST(:first_month AS DATE)
    AND ended < ADD_MONTHS(CAST(:last_month AS DATE), 1)
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
        YEAR(CAST(started_at AS DATE)) - YEAR(person__birth_date)
      ) - CAST((
        MONTH(CAST(started_at AS DATE)) * 100 + DAY(CAST(started_at AS DATE)) < MONTH(person__birth_date) * 100 + DAY(person__birth_date)
      ) AS INT)
    ) AS age_1
  FROM dated_2
), in_periods AS (
  SELECT
    aged.*,
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month
  FROM aged
  JOIN periods
    ON aged.month BETWEEN periods.first_month AND periods.last_month
    AND periods.grain IN ('month', 'quarter', 'year')
), valued_ward_length_of_stay_median AS (
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
    CAST(person__sex AS STRING) AS sex,
    speciality AS speciality,
    CAST(unit__unit_code AS STRING) AS unit,
    nights AS value,
    TRUE AS weight
  FROM in_periods
), summed_ward_length_of_stay_median AS (
  SELECT
    grain,
    period,
    first_month,
    last_month,
    '' AS set,
    '' AS `group`,
    NULL AS numerator,
    COUNT(*) FILTER(WHERE
      NOT value IS NULL AND weight) AS counted,
    NULL AS denominator,
    COUNT(*) FILTER(WHERE
      NOT value IS NULL AND weight) AS weighed,
    (
      (
        PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY
          CAST(value AS DOUBLE) ASC NULLS LAST) FILTER(WHERE
          NOT value IS NULL AND weight) + PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY
          CAST(value AS DOUBLE) DESC) FILTER(WHERE
          NOT value IS NULL AND weight)
      ) / 2
    ) AS value
  FROM valued_ward_length_of_stay_median
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
    NULL AS numerator,
    COUNT(*) FILTER(WHERE
      NOT value IS NULL AND weight) AS counted,
    NULL AS denominator,
    COUNT(*) FILTER(WHERE
      NOT value IS NULL AND weight) AS weighed,
    (
      (
        PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY
          CAST(value AS DOUBLE) ASC NULLS LAST) FILTER(WHERE
          NOT value IS NULL AND weight) + PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY
          CAST(value AS DOUBLE) DESC) FILTER(WHERE
          NOT value IS NULL AND weight)
      ) / 2
    ) AS value
  FROM valued_ward_length_of_stay_median
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
    NULL AS numerator,
    COUNT(*) FILTER(WHERE
      NOT value IS NULL AND weight) AS counted,
    NULL AS denominator,
    COUNT(*) FILTER(WHERE
      NOT value IS NULL AND weight) AS weighed,
    (
      (
        PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY
          CAST(value AS DOUBLE) ASC NULLS LAST) FILTER(WHERE
          NOT value IS NULL AND weight) + PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY
          CAST(value AS DOUBLE) DESC) FILTER(WHERE
          NOT value IS NULL AND weight)
      ) / 2
    ) AS value
  FROM valued_ward_length_of_stay_median
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
    'sex' AS set,
    'sex=' || COALESCE(sex, 'unknown') AS `group`,
    NULL AS numerator,
    COUNT(*) FILTER(WHERE
      NOT value IS NULL AND weight) AS counted,
    NULL AS denominator,
    COUNT(*) FILTER(WHERE
      NOT value IS NULL AND weight) AS weighed,
    (
      (
        PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY
          CAST(value AS DOUBLE) ASC NULLS LAST) FILTER(WHERE
          NOT value IS NULL AND weight) + PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY
          CAST(value AS DOUBLE) DESC) FILTER(WHERE
          NOT value IS NULL AND weight)
      ) / 2
    ) AS value
  FROM valued_ward_length_of_stay_median
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    sex
  UNION ALL
  SELECT
    grain,
    period,
    first_month,
    last_month,
    'speciality' AS set,
    'speciality=' || COALESCE(speciality, 'unknown') AS `group`,
    NULL AS numerator,
    COUNT(*) FILTER(WHERE
      NOT value IS NULL AND weight) AS counted,
    NULL AS denominator,
    COUNT(*) FILTER(WHERE
      NOT value IS NULL AND weight) AS weighed,
    (
      (
        PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY
          CAST(value AS DOUBLE) ASC NULLS LAST) FILTER(WHERE
          NOT value IS NULL AND weight) + PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY
          CAST(value AS DOUBLE) DESC) FILTER(WHERE
          NOT value IS NULL AND weight)
      ) / 2
    ) AS value
  FROM valued_ward_length_of_stay_median
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    speciality
  UNION ALL
  SELECT
    grain,
    period,
    first_month,
    last_month,
    'unit' AS set,
    'unit=' || COALESCE(unit, 'unknown') AS `group`,
    NULL AS numerator,
    COUNT(*) FILTER(WHERE
      NOT value IS NULL AND weight) AS counted,
    NULL AS denominator,
    COUNT(*) FILTER(WHERE
      NOT value IS NULL AND weight) AS weighed,
    (
      (
        PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY
          CAST(value AS DOUBLE) ASC NULLS LAST) FILTER(WHERE
          NOT value IS NULL AND weight) + PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY
          CAST(value AS DOUBLE) DESC) FILTER(WHERE
          NOT value IS NULL AND weight)
      ) / 2
    ) AS value
  FROM valued_ward_length_of_stay_median
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    unit
)
SELECT
  'ward_length_of_stay_median' AS measure,
  1 AS version,
  summed_ward_length_of_stay_median.period AS period,
  summed_ward_length_of_stay_median.`group` AS `group`,
  NULL AS numerator,
  NULL AS denominator,
  summed_ward_length_of_stay_median.value AS value,
  summed_ward_length_of_stay_median.weighed AS n
FROM summed_ward_length_of_stay_median
