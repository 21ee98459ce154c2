WITH measurement AS (
  SELECT
    measurement.key,
    measurement.person,
    measurement.test,
    measurement.value,
    measurement.taken_at,
    measurement.status
  FROM marts__measurement AS measurement
  WHERE
    (
      (
        measurement.test = 'inr' AND measurement.value BETWEEN 0.5 AND 20
      )
      AND NOT COALESCE(measurement.status, 'final') IN ('cancelled', 'entered_in_error')
    )
    AND measurement.person IN (
      SELECT
        medication.person
      FROM marts__medication AS medication
      WHERE
        STARTSWITH(medication.atc, 'B01AA03') AND NOT medication.person IS NULL
    )
), look_warfarin AS (
  SELECT
    medication.person AS shared,
    CAST(medication.started_on AS TIMESTAMP_NTZ) AS moment,
    MAX(medication.key) AS given
  FROM marts__medication AS medication
  WHERE
    STARTSWITH(medication.atc, 'B01AA03') AND NOT medication.started_on IS NULL
  GROUP BY
    medication.person,
    CAST(medication.started_on AS TIMESTAMP_NTZ)
), with_warfarin AS (
  SELECT
    this.*,
    COALESCE(
      look_warfarin.moment >= CAST(CAST(ADD_MONTHS(CAST(this.taken_at AS DATE), CAST(-12 AS INT)) AS DATE) AS TIMESTAMP_NTZ),
      FALSE
    ) AS warfarin
  FROM (
    SELECT
      *
    FROM (
      SELECT
        this,
        LAST_VALUE(look_warfarin, TRUE) OVER (
          PARTITION BY asof_key
          ORDER BY asof_at, asof_side
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS look_warfarin
      FROM (
        SELECT
          STRUCT(this.*) AS this,
          NULL AS look_warfarin,
          this.person AS asof_key,
          CAST((
            CAST(this.taken_at AS DATE) + 1
          ) AS TIMESTAMP_NTZ) AS asof_at,
          0 AS asof_side
        FROM measurement AS this
        UNION ALL
        SELECT
          NULL AS this,
          STRUCT(look_warfarin.*) AS look_warfarin,
          look_warfarin.shared AS asof_key,
          look_warfarin.moment AS asof_at,
          1 AS asof_side
        FROM look_warfarin
        WHERE
          NOT look_warfarin.shared IS NULL
      ) AS asof_lines
    ) AS asof_seen
    WHERE
      NOT this IS NULL
  ) AS asof_pairs
), kept AS (
  SELECT
    *
  FROM with_warfarin
  WHERE
    warfarin
), look_valve AS (
  SELECT
    diagnosis.person AS shared,
    MIN(CAST(diagnosis.recorded_on AS TIMESTAMP_NTZ)) AS moment
  FROM marts__diagnosis AS diagnosis
  WHERE
    STARTSWITH(diagnosis.code, 'Z95.2') AND NOT diagnosis.recorded_on IS NULL
  GROUP BY
    diagnosis.person
), with_valve AS (
  SELECT
    this.*,
    COALESCE(
      look_valve.moment < CAST((
        CAST(this.taken_at AS DATE) + 1
      ) AS TIMESTAMP_NTZ),
      FALSE
    ) AS valve
  FROM kept AS this
  LEFT JOIN look_valve
    ON look_valve.shared = this.person
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('MONTH', taken_at) AS DATE) AS month
  FROM with_valve
  WHERE
    taken_at >= CAST(:first_month AS DATE)
    AND taken_at < ADD_MONTHS(CAST(:last_month AS DATE), 1)
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
    CAST(taken_at AS DATE) AS argument_taken,
    value AS argument_value,
    CASE WHEN valve THEN 2.5 ELSE 2.0 END AS argument_low,
    CASE WHEN valve THEN 3.5 ELSE 3.0 END AS argument_high,
    56 AS argument_longest_gap,
    28 AS argument_least_days
  FROM in_periods
), rosendaal AS (
  SELECT
    grain,
    period,
    first_month,
    last_month,
    person,
    CAST(SUM(length) AS DOUBLE) AS days,
    SUM(length * inside) AS in_range,
    SUM(length * inside) / CAST(SUM(length) AS DOUBLE) AS share
  FROM (
    SELECT
      *,
      CASE
        WHEN value = next_value
        THEN CASE WHEN value BETWEEN low AND high THEN 1 ELSE 0 END
        ELSE GREATEST(
          0,
          LEAST(GREATEST(value, next_value), high) - GREATEST(LEAST(value, next_value), low)
        ) / ABS(next_value - value)
      END AS inside
    FROM (
      SELECT
        *,
        DATEDIFF(DAY, day, LEAD(day) OVER results) AS length,
        LEAD(value) OVER results AS next_value,
        FIRST_VALUE(low_of_day) OVER (PARTITION BY period, person ORDER BY least_key NULLS LAST) AS low,
        FIRST_VALUE(high_of_day) OVER (PARTITION BY period, person ORDER BY least_key NULLS LAST) AS high
      FROM (
        SELECT
          grain,
          period,
          first_month,
          last_month,
          person,
          CAST(argument_taken AS DATE) AS day,
          AVG(CAST(argument_value AS DOUBLE)) AS value,
          MIN(CAST(key AS STRING)) AS least_key,
          CAST(MIN_BY(argument_low, CAST(key AS STRING)) FILTER(WHERE
            NOT argument_low IS NULL) AS DOUBLE) AS low_of_day,
          CAST(MIN_BY(argument_high, CAST(key AS STRING)) FILTER(WHERE
            NOT argument_high IS NULL) AS DOUBLE) AS high_of_day,
          MIN(argument_longest_gap) AS longest_gap,
          MIN(argument_least_days) AS least_days
        FROM arguments
        WHERE
          NOT argument_value IS NULL AND NOT argument_taken IS NULL
        GROUP BY
          grain,
          period,
          first_month,
          last_month,
          person,
          CAST(argument_taken AS DATE)
      ) AS results_of_days
      WINDOW results AS (PARTITION BY period, person ORDER BY day NULLS LAST)
    ) AS results_with_next
    WHERE
      length <= longest_gap
  ) AS lines
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    person
  HAVING
    SUM(length) >= MIN(least_days)
), with_person AS (
  SELECT
    rosendaal.*,
    LAST_DAY(rosendaal.last_month) AS period_end,
    person.birth_date AS person__birth_date,
    person.municipality AS person__municipality,
    person.security_block AS person__security_block,
    person.sex AS person__sex
  FROM rosendaal
  LEFT JOIN marts__person AS person
    ON person.key = rosendaal.person
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
  FROM with_person
), valued_ttr_inr AS (
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
    share AS value,
    TRUE AS weight
  FROM aged
), summed_ttr_inr AS (
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
  FROM valued_ttr_inr
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
  FROM valued_ttr_inr
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
  FROM valued_ttr_inr
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
    COALESCE(SUM(CAST(value AS DECIMAL(24, 6))), 0) AS numerator,
    COUNT(value) AS counted,
    COUNT(*) FILTER(WHERE
      weight AND NOT value IS NULL) AS denominator,
    COUNT(*) FILTER(WHERE
      weight AND NOT value IS NULL) AS weighed,
    COUNT(*) AS chosen
  FROM valued_ttr_inr
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    sex
)
SELECT
  'ttr_inr' AS measure,
  2 AS version,
  summed_ttr_inr.period AS period,
  summed_ttr_inr.`group` AS `group`,
  CAST(summed_ttr_inr.numerator AS DOUBLE) AS numerator,
  CAST(summed_ttr_inr.denominator AS DOUBLE) AS denominator,
  CAST(summed_ttr_inr.numerator AS DOUBLE) / NULLIF(CAST(summed_ttr_inr.denominator AS DOUBLE), 0) AS value,
  summed_ttr_inr.weighed AS n
FROM summed_ttr_inr
