package postgres

func child() int { return 0 }
