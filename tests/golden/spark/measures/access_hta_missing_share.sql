WITH contact AS (
  SELECT
    contact.key,
    contact.person,
    contact.contact_type,
    contact.service_form,
    contact.nature,
    contact.urgency,
    contact.visitor_group,
    contact.profession,
    contact.assessed_at,
    contact.happened_at,
    contact.cancelled,
    contact.status,
    contact.plan_visit,
    contact.certificate_only,
    contact.municipality,
    person.municipality AS person__municipality,
    person.security_block AS person__security_block,
    professional.speciality AS professional__speciality,
    unit.unit_code AS unit__unit_code
  FROM marts__contact AS contact
  LEFT JOIN marts__person AS person
    ON person.key = contact.person
  LEFT JOIN marts__professional AS professional
    ON professional.key = contact.professional
  LEFT JOIN marts__unit AS unit
    ON unit.key = contact.unit
  WHERE
    (
      (
        (
          (
            (
              (
                (
                  (
                    contact.service_form = 'T11' AND contact.nature = 'SH'
                  )
                  AND contact.urgency = 'E'
                )
                AND COALESCE(contact.visitor_group, '1') = '1'
              )
              AND contact.contact_type IN ('R10', 'R52')
            )
            AND NOT contact.cancelled IS TRUE
          )
          AND NOT COALESCE(contact.status, '7') IN ('3', '4', '5', '9')
        )
        AND NOT contact.plan_visit IS TRUE
      )
      AND NOT contact.certificate_only IS TRUE
    )
    AND (
      COALESCE(contact.profession, '') <> 'LK'
      OR COALESCE(professional.speciality, '98') IN ('98', '15Y')
    )
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('MONTH', happened_at) AS DATE) AS month
  FROM contact
  WHERE
    happened_at >= CAST(:first_month AS DATE)
    AND happened_at < ADD_MONTHS(CAST(:last_month AS DATE), 1)
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
    CAST(CASE
      WHEN person__security_block
      THEN NULL
      ELSE COALESCE(municipality, person__municipality)
    END AS STRING) AS municipality,
    profession AS profession,
    CAST(unit__unit_code AS STRING) AS unit,
    CASE
      WHEN assessed_at IS NULL
      OR DATEDIFF(DAY, CAST(assessed_at AS DATE), CAST(happened_at AS DATE)) < 0
      THEN 1
      ELSE 0
    END AS pattern
  FROM dated_2
), cells AS (
  SELECT
    month,
    municipality,
    profession,
    unit,
    pattern,
    (
      CAST(GROUPING(unit) AS BIGINT) * 1 + CAST(GROUPING(profession) AS BIGINT) * 2 + CAST(GROUPING(municipality) AS BIGINT) * 4
    ) AS bundle,
    COUNT(*) AS rows
  FROM flagged
  GROUP BY
    GROUPING SETS (
      (month, pattern, profession, unit),
      (month, pattern, municipality)
    )
), groups AS (
  SELECT
    month,
    'profession' AS set,
    'profession=' || COALESCE(profession, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 4
  GROUP BY
    month,
    profession,
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
    bundle = 4
  GROUP BY
    month,
    unit,
    pattern
  UNION ALL
  SELECT
    month,
    'profession;unit' AS set,
    'profession=' || COALESCE(profession, 'unknown') || ';unit=' || COALESCE(unit, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 4
  GROUP BY
    month,
    profession,
    unit,
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
    bundle = 3
  GROUP BY
    month,
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
    bundle = 3
  GROUP BY
    month,
    municipality,
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
), summed_access_hta_missing_share AS (
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
  'access_hta_missing_share' AS measure,
  1 AS version,
  summed_access_hta_missing_share.period AS period,
  summed_access_hta_missing_share.`group` AS `group`,
  CAST(summed_access_hta_missing_share.numerator AS DOUBLE) AS numerator,
  CAST(summed_access_hta_missing_share.denominator AS DOUBLE) AS denominator,
  CAST(summed_access_hta_missing_share.numerator AS DOUBLE) / NULLIF(CAST(summed_access_hta_missing_share.denominator AS DOUBLE), 0) AS value,
  summed_access_hta_missing_share.weighed AS n
FROM summed_access_hta_missing_share
