WITH calendar_slot AS (
  SELECT
    calendar_slot.key,
    calendar_slot.calendar,
    calendar_slot.profession,
    calendar_slot.starts_at,
    calendar_slot.slot_kind,
    calendar_slot.status,
    calendar_slot.queue_book,
    calendar_slot.open_to_all,
    calendar_slot.measured_on,
    unit.unit_code AS unit__unit_code
  FROM marts__calendar_slot AS calendar_slot
  LEFT JOIN marts__unit AS unit
    ON unit.key = calendar_slot.unit
  WHERE
    calendar_slot.slot_kind = 'nonurgent'
), arguments AS (
  SELECT
    *,
    calendar AS argument_calendar,
    measured_on AS argument_day,
    CAST(starts_at AS DATE) AS argument_slot,
    status = 'free' AND NOT open_to_all IS FALSE AS argument_free,
    queue_book AS argument_queue_book,
    182 AS argument_longest
  FROM calendar_slot
), third_free_slot AS (
  SELECT
    *
    EXCEPT (free_place, third, any_queue_book),
    CASE
      WHEN any_queue_book OR third IS NULL
      THEN argument_longest
      ELSE LEAST(DATEDIFF(DAY, argument_day, third), argument_longest)
    END AS days
  FROM (
    SELECT
      *,
      third,
      any_queue_book
    FROM (
      SELECT
        *,
        MIN(CASE WHEN free_place = 3 THEN argument_slot END) OVER calendars AS third,
        COALESCE(BOOL_OR(CAST(argument_queue_book AS BOOLEAN)) OVER calendars, FALSE) AS any_queue_book,
        ROW_NUMBER() OVER (
          PARTITION BY argument_calendar, argument_day
          ORDER BY CAST(key AS STRING) NULLS LAST
        ) AS _w
      FROM (
        SELECT
          *,
          CASE
            WHEN argument_free AND argument_slot >= argument_day
            THEN ROW_NUMBER() OVER (
              PARTITION BY argument_calendar, argument_day, argument_free AND argument_slot >= argument_day
              ORDER BY argument_slot NULLS LAST, CAST(key AS STRING) NULLS LAST
            )
          END AS free_place
        FROM arguments
      ) AS placed
      WINDOW calendars AS (PARTITION BY argument_calendar, argument_day)
    ) AS _t
    WHERE
      _w = 1
  ) AS slots
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('MONTH', measured_on) AS DATE) AS month
  FROM third_free_slot
  WHERE
    measured_on >= CAST(:first_month AS DATE)
    AND measured_on < ADD_MONTHS(CAST(:last_month AS DATE), 1)
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
), valued_t3_days AS (
  SELECT
    grain,
    period,
    first_month,
    last_month,
    profession AS profession,
    CAST(unit__unit_code AS STRING) AS unit,
    days AS value,
    TRUE AS weight
  FROM in_periods
), summed_t3_days AS (
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
  FROM valued_t3_days
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
    'profession' AS set,
    'profession=' || COALESCE(profession, 'unknown') AS `group`,
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
  FROM valued_t3_days
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    profession
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
  FROM valued_t3_days
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    unit
  UNION ALL
  SELECT
    grain,
    period,
    first_month,
    last_month,
    'profession;unit' AS set,
    'profession=' || COALESCE(profession, 'unknown') || ';unit=' || COALESCE(unit, 'unknown') AS `group`,
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
  FROM valued_t3_days
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    profession,
    unit
)
SELECT
  't3_days' AS measure,
  1 AS version,
  summed_t3_days.period AS period,
  summed_t3_days.`group` AS `group`,
  NULL AS numerator,
  NULL AS denominator,
  summed_t3_days.value AS value,
  summed_t3_days.weighed AS n
FROM summed_t3_days
