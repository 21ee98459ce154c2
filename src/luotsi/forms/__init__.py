"""Forms: FHIR questionnaires that branch, compute, explain and lead to an action. Pure: no web, no database.

A form's parts in the order they are met: `questionnaire` reads it, `filling` holds the answers while a person answers,
`outcomes` scores them, `printing`, `extracting` and `assessment` hand them on. What a county ships stands in `content`.
"""
