select * from read_csv('{{ var("data") }}/encounter.csv', header = true, all_varchar = true)
