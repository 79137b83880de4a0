package extract

// youtube is YouTube.
func youtube() Source {
	return Source{Name: "youtube", Title: "YouTube"}
}
