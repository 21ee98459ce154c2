WITH contact AS (
  SELECT
    contact.key,
    contact.person,
    contact.kind,
    contact.received_at,
    contact.reached_at,
    contact.happened_at,
    contact.queue,
    contact.abandoned,
    contact.callback_requested,
    contact.solved_by_robot,
    unit.unit_code AS unit__unit_code
  FROM marts__contact AS contact
  LEFT JOIN marts__unit AS unit
    ON unit.key = contact.unit
  WHERE
    (
      (
        NOT contact.queue IS NULL AND NOT contact.received_at IS NULL
      )
      AND NOT contact.solved_by_robot IS TRUE
    )
    AND (
      NOT contact.abandoned IS TRUE OR contact.callback_requested IS TRUE
    )
), named AS (
  SELECT
    *,
    CASE
      WHEN GET(
        (
          SELECT
            TRANSFORM(
              ARRAY_SORT(COLLECT_LIST(STRUCT(date, working AS listed_value))),
              e -> e.listed_value
            )
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
      AND HOUR(received_at) < 16
      THEN CAST(received_at AS DATE)
      ELSE GET(
        (
          SELECT
            TRANSFORM(ARRAY_SORT(COLLECT_LIST(STRUCT(date, date AS listed_value))), e -> e.listed_value)
          FROM marts__calendar
          WHERE
            working
        ),
        (
          CASE
            WHEN (
              GET(
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
              ) + 1
            ) IS NULL
            OR 0 IS NULL
            THEN NULL
            ELSE GREATEST(
              GET(
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
              ) + 1,
              0
            )
          END
        ) - 1
      )
    END AS due
  FROM contact
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('MONTH', received_at) AS DATE) AS month
  FROM named
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
), flagged AS (
  SELECT
    month,
    kind AS kind,
    queue AS queue,
    CAST(unit__unit_code AS STRING) AS unit,
    CASE WHEN CAST(reached_at AS DATE) <= due THEN 1 ELSE 0 END AS pattern
  FROM dated_2
), cells AS (
  SELECT
    month,
    kind,
    queue,
    unit,
    pattern,
    (
      CAST(GROUPING(unit) AS BIGINT) * 1 + CAST(GROUPING(queue) AS BIGINT) * 2 + CAST(GROUPING(kind) AS BIGINT) * 4
    ) AS bundle,
    COUNT(*) AS rows
  FROM flagged
  GROUP BY
    GROUPING SETS (
      (month, pattern, kind, queue),
      (month, pattern, unit)
    )
), groups AS (
  SELECT
    month,
    'kind' AS set,
    'kind=' || COALESCE(kind, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 1
  GROUP BY
    month,
    kind,
    pattern
  UNION ALL
  SELECT
    month,
    'queue' AS set,
    'queue=' || COALESCE(queue, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 1
  GROUP BY
    month,
    queue,
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
    bundle = 6
  GROUP BY
    month,
    pattern
  UNION ALL
  SELECT
    month,
    'unit' AS set,
    'unit=' || COALESCE(unit, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 6
  GROUP BY
    month,
    unit,
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
), summed_contact_same_day_share AS (
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
    ON monthly.month BETWEEN periods.first_month AND periods.last_month
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
  'contact_same_day_share' AS measure,
  1 AS version,
  summed_contact_same_day_share.period AS period,
  summed_contact_same_day_share.`group` AS `group`,
  CAST(summed_contact_same_day_share.numerator AS DOUBLE) AS numerator,
  CAST(summed_contact_same_day_share.denominator AS DOUBLE) AS denominator,
  CAST(summed_contact_same_day_share.numerator AS DOUBLE) / NULLIF(CAST(summed_contact_same_day_share.denominator AS DOUBLE), 0) AS value,
  summed_contact_same_day_share.weighed AS n
FROM summed_contact_same_day_share
