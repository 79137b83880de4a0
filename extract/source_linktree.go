package extract

// linktree is Linktree.
func linktree() Source {
	return Source{Name: "linktree", Title: "Linktree"}
}
