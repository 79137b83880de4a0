package extract

// instagram is Instagram.
func instagram() Source {
	return Source{Name: "instagram", Title: "Instagram"}
}
