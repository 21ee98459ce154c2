select * from read_csv('{{ var("data") }}/procedure.csv', header = true, all_varchar = true)
