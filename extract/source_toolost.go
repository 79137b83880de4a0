package extract

// toolost is TooLost.
func toolost() Source {
	return Source{Name: "toolost", Title: "TooLost"}
}
