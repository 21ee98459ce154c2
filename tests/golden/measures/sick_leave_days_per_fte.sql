WITH absence AS (
  SELECT
    absence.key,
    absence.kind,
    absence.starts_on,
    absence.ends_on,
    staff_member.profession AS staff_member__profession,
    unit.unit_code AS unit__unit_code
  FROM marts.absence AS absence
  LEFT JOIN marts.staff_member AS staff_member
    ON staff_member.key = absence.staff_member
  LEFT JOIN marts.unit AS unit
    ON unit.key = absence.unit
  WHERE
    absence.kind = 'sick' AND absence.ends_on >= absence.starts_on
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('month', starts_on) AS DATE) AS month
  FROM absence
  WHERE
    starts_on >= CAST($first_month AS DATE)
    AND starts_on < CAST($last_month AS DATE) + TO_MONTHS(1)
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
), flagged AS (
  SELECT
    month,
    CAST(staff_member__profession AS TEXT) AS profession,
    CAST(unit__unit_code AS TEXT) AS unit,
    CAST(DATE_DIFF('day', starts_on, ends_on) + 1 AS DECIMAL(24, 6)) AS value_0
  FROM dated_2
), cells AS (
  SELECT
    month,
    profession,
    unit,
    COUNT(*) AS rows,
    SUM(value_0) AS sum_0,
    COUNT(value_0) AS count_0
  FROM flagged
  GROUP BY
    month,
    profession,
    unit
), groups AS (
  SELECT
    month,
    '' AS set,
    '' AS "group",
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells
  GROUP BY
    month
  UNION ALL
  SELECT
    month,
    'profession' AS set,
    'profession=' || COALESCE(profession, 'unknown') AS "group",
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells
  GROUP BY
    month,
    profession
  UNION ALL
  SELECT
    month,
    'unit' AS set,
    'unit=' || COALESCE(unit, 'unknown') AS "group",
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells
  GROUP BY
    month,
    unit
), monthly AS (
  SELECT
    month,
    set,
    "group",
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM groups
  GROUP BY
    month,
    set,
    "group"
), summed_sick_leave_days_per_fte AS (
  SELECT
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly."group",
    COALESCE(SUM(sum_0), 0) AS numerator,
    COALESCE(SUM(count_0), 0) AS counted,
    COALESCE(SUM(rows), 0) AS denominator,
    COALESCE(SUM(rows), 0) AS weighed,
    COALESCE(SUM(rows), 0) AS chosen
  FROM monthly
  JOIN periods
    ON monthly.month BETWEEN periods.first_month AND periods.last_month
    AND periods.grain IN ('year')
  GROUP BY
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly."group"
), staff_member AS (
  SELECT
    staff_member.key,
    staff_member.profession,
    staff_member.started_on,
    staff_member.ended_on,
    staff_member.share,
    unit.unit_code AS unit__unit_code
  FROM marts.staff_member AS staff_member
  LEFT JOIN marts.unit AS unit
    ON unit.key = staff_member.unit
), census AS (
  SELECT
    staff_member.*,
    months.month AS period_start,
    CAST(LAST_DAY(months.month) AS DATE) AS period_end
  FROM staff_member
  CROSS JOIN (
    SELECT
      month
    FROM (
      SELECT
        CAST(UNNEST(
          GENERATE_SERIES(
            CAST(CAST(DATE_TRUNC('year', CAST($first_month AS DATE)) AS DATE) AS TIMESTAMP),
            CAST(CAST(DATE_TRUNC('year', CAST($last_month AS DATE)) + TO_MONTHS(11) AS DATE) AS TIMESTAMP),
            INTERVAL '1' MONTH
          )
        ) AS DATE) AS month
    ) AS months
    WHERE
      MONTH(month) % 12 = 0
  ) AS months
), named AS (
  SELECT
    *,
    TRY(MAKE_DATE(YEAR(period_end), 1, 1)) AS new_year,
    LEAST(COALESCE(ended_on, period_end), period_end) AS last_day
  FROM census
), named_2 AS (
  SELECT
    *,
    GREATEST(started_on, new_year) AS first_day
  FROM named
), kept AS (
  SELECT
    *
  FROM named_2
  WHERE
    last_day >= first_day
), dated_3 AS (
  SELECT
    *,
    period_start AS month
  FROM kept
), whole_periods AS (
  SELECT DISTINCT
    'month' AS grain,
    STRFTIME(month, '%Y-%m') AS period,
    CAST(DATE_TRUNC('MONTH', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('MONTH', month) + INTERVAL '0' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      CAST(UNNEST(
        GENERATE_SERIES(
          CAST(CAST(DATE_TRUNC('year', CAST($first_month AS DATE)) AS DATE) AS TIMESTAMP),
          CAST(CAST(DATE_TRUNC('year', CAST($last_month AS DATE)) + TO_MONTHS(11) AS DATE) AS TIMESTAMP),
          INTERVAL '1' MONTH
        )
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
        GENERATE_SERIES(
          CAST(CAST(DATE_TRUNC('year', CAST($first_month AS DATE)) AS DATE) AS TIMESTAMP),
          CAST(CAST(DATE_TRUNC('year', CAST($last_month AS DATE)) + TO_MONTHS(11) AS DATE) AS TIMESTAMP),
          INTERVAL '1' MONTH
        )
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
        GENERATE_SERIES(
          CAST(CAST(DATE_TRUNC('year', CAST($first_month AS DATE)) AS DATE) AS TIMESTAMP),
          CAST(CAST(DATE_TRUNC('year', CAST($last_month AS DATE)) + TO_MONTHS(11) AS DATE) AS TIMESTAMP),
          INTERVAL '1' MONTH
        )
      ) AS DATE) AS month
  ) AS months
), flagged_2 AS (
  SELECT
    month,
    profession AS profession,
    CAST(unit__unit_code AS TEXT) AS unit,
    CAST(CAST(share * (
      DATE_DIFF('day', first_day, last_day) + 1
    ) AS DOUBLE) / NULLIF(CAST((
      DATE_DIFF('day', new_year, period_end) + 1
    ) AS DOUBLE), 0) AS DECIMAL(24, 6)) AS value_0
  FROM dated_3
), cells_2 AS (
  SELECT
    month,
    profession,
    unit,
    COUNT(*) AS rows,
    SUM(value_0) AS sum_0,
    COUNT(value_0) AS count_0
  FROM flagged_2
  GROUP BY
    month,
    profession,
    unit
), groups_2 AS (
  SELECT
    month,
    '' AS set,
    '' AS "group",
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells_2
  GROUP BY
    month
  UNION ALL
  SELECT
    month,
    'profession' AS set,
    'profession=' || COALESCE(profession, 'unknown') AS "group",
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells_2
  GROUP BY
    month,
    profession
  UNION ALL
  SELECT
    month,
    'unit' AS set,
    'unit=' || COALESCE(unit, 'unknown') AS "group",
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells_2
  GROUP BY
    month,
    unit
), monthly_2 AS (
  SELECT
    month,
    set,
    "group",
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM groups_2
  GROUP BY
    month,
    set,
    "group"
), summed_sick_leave_days_per_fte_per AS (
  SELECT
    whole_periods.grain,
    whole_periods.period,
    whole_periods.first_month,
    whole_periods.last_month,
    monthly_2.set,
    monthly_2."group",
    COALESCE(SUM(sum_0), 0) AS numerator,
    COALESCE(SUM(count_0), 0) AS counted,
    COALESCE(SUM(rows), 0) AS denominator,
    COALESCE(SUM(rows), 0) AS weighed,
    COALESCE(SUM(rows), 0) AS chosen
  FROM monthly_2
  JOIN whole_periods
    ON monthly_2.month = whole_periods.last_month AND whole_periods.grain IN ('year')
  GROUP BY
    whole_periods.grain,
    whole_periods.period,
    whole_periods.first_month,
    whole_periods.last_month,
    monthly_2.set,
    monthly_2."group"
)
SELECT
  'sick_leave_days_per_fte' AS measure,
  1 AS version,
  summed_sick_leave_days_per_fte.period AS period,
  summed_sick_leave_days_per_fte."group" AS "group",
  CAST(summed_sick_leave_days_per_fte.numerator AS DOUBLE) AS numerator,
  CAST(summed_sick_leave_days_per_fte_per.numerator AS DOUBLE) AS denominator,
  CAST(summed_sick_leave_days_per_fte.numerator AS DOUBLE) / NULLIF(CAST(summed_sick_leave_days_per_fte_per.numerator AS DOUBLE), 0) AS value,
  summed_sick_leave_days_per_fte.counted AS n
FROM summed_sick_leave_days_per_fte
LEFT JOIN summed_sick_leave_days_per_fte_per
  ON summed_sick_leave_days_per_fte_per.grain = CASE summed_sick_leave_days_per_fte.grain WHEN 'year' THEN 'year' END
  AND summed_sick_leave_days_per_fte_per.first_month <= summed_sick_leave_days_per_fte.first_month
  AND summed_sick_leave_days_per_fte_per.last_month >= summed_sick_leave_days_per_fte.last_month
  AND summed_sick_leave_days_per_fte_per."group" = summed_sick_leave_days_per_fte."group"
