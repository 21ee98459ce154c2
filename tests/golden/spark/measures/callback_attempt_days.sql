WITH contact AS (
  SELECT
    contact.key,
    contact.person,
    contact.received_at,
    contact.first_attempt_at,
    contact.happened_at,
    contact.queue,
    contact.callback_requested,
    unit.unit_code AS unit__unit_code
  FROM marts__contact AS contact
  LEFT JOIN marts__unit AS unit
    ON unit.key = contact.unit
  WHERE
    (
      NOT contact.queue IS NULL AND contact.callback_requested IS TRUE
    )
    AND contact.first_attempt_at >= contact.received_at
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('MONTH', received_at) AS DATE) AS month
  FROM contact
  WHERE
    received_at >= CAST(:first_month AS DATE)
    AND received_at < ADD_MONTHS(CAST(:last_month AS DATE), 1)
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
    AND periods.grain IN ('month', 'quarter', 'year')
), valued_callback_attempt_days AS (
  SELECT
    grain,
    period,
    first_month,
    last_month,
    queue AS queue,
    CAST(unit__unit_code AS STRING) AS unit,
    CASE
      WHEN CAST(first_attempt_at AS DATE) >= CAST(received_at AS DATE)
      THEN GET(
        (
          SELECT
            TRANSFORM(ARRAY_SORT(COLLECT_LIST(STRUCT(date, nth AS listed_value))), e -> e.listed_value)
          FROM marts__calendar
        ),
        (
          CASE
            WHEN (
              DATEDIFF(DAY, CAST('1990-01-01' AS DATE), CAST(first_attempt_at AS DATE)) + 1
            ) IS NULL
            OR 0 IS NULL
            THEN NULL
            ELSE GREATEST(DATEDIFF(DAY, CAST('1990-01-01' AS DATE), CAST(first_attempt_at AS DATE)) + 1, 0)
          END
        ) - 1
      ) - GET(
        (
          SELECT
            TRANSFORM(ARRAY_SORT(COLLECT_LIST(STRUCT(date, nth AS listed_value))), e -> e.listed_value)
          FROM marts__calendar
        ),
        (
          CASE
            WHEN (
              DATEDIFF(DAY, CAST('1990-01-01' AS DATE), CAST(received_at AS DATE)) + 1
            ) IS NULL
            OR 0 IS NULL
            THEN NULL
            ELSE GREATEST(DATEDIFF(DAY, CAST('1990-01-01' AS DATE), CAST(received_at AS DATE)) + 1, 0)
          END
        ) - 1
      )
    END AS value,
    TRUE AS weight
  FROM in_periods
), summed_callback_attempt_days AS (
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
  FROM valued_callback_attempt_days
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
    'queue' AS set,
    'queue=' || COALESCE(queue, 'unknown') AS `group`,
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
  FROM valued_callback_attempt_days
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    queue
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
  FROM valued_callback_attempt_days
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    unit
)
SELECT
  'callback_attempt_days' AS measure,
  1 AS version,
  summed_callback_attempt_days.period AS period,
  summed_callback_attempt_days.`group` AS `group`,
  NULL AS numerator,
  NULL AS denominator,
  summed_callback_attempt_days.value AS value,
  summed_callback_attempt_days.weighed AS n
FROM summed_callback_attempt_days
