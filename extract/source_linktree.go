package extract

// linktree is the page of links in every profile: who came, from where, and what they clicked.
func linktree() Source {
	return Source{
		Name:  "linktree",
		Title: "Linktree",
		Doc:   "The link page's own analytics: visits and clicks by day, and pictures of a window by link, referrer, device and place. It alone says which platform a visitor came from. One page serves all artists, so nothing is told by artist.",
		Streams: []Stream{
			{
				Name: "analytics", Doc: "answers of the analytics page (GraphQL, JSON): days, links, referrers, devices, places, totals", Cadence: "weekly", Lag: "the same day, partial", Manual: true,
				Steps: graphql("choose the last 365 days, and Daily"),
				Limits: []string{
					"the last 365 days, on a paid plan: a day that nobody saved in a year is lost",
					"links, referrers, devices and places are sums of the window, not days",
				},
				Traps: []string{
					"most answers of the page are about other things: they are no export that is known, and stay in the inbox until somebody deletes them",
					"an answer that names a person (currentUser, email, wallet) never lands",
					"clicks can exceed views: one visit clicks several times",
					"the lifetime total counts clicks by another rule than the window and need not agree",
					"nobody says which time zone a day is of: it counts as finished when it is over everywhere",
				},
			},
			{
				Name: "link_titles", Doc: "answers that name links (GraphQL, JSON): title, and whether the link is shown", Cadence: "weekly", Lag: "none", Manual: true,
				Steps:  graphql("wait until the list of links shows their names"),
				Limits: []string{"the analytics know links by id only: without this answer of the same day they have no names"},
				Traps:  []string{"not all links stand in one answer", "links that are switched off stay listed"},
			},
		},
		Demo: demoLinktree,
	}
}

// graphql are the steps of saving answers of the analytics page.
func graphql(choose string) []string {
	return []string{
		"log in at linktr.ee and open linktr.ee/admin/analytics, with the browser's developer tools open at Network, filtered by graphql",
		choose,
		"save each answer as graphql_YYYYMMDD_HHMMSS_N.json, the time being that of saving (UTC) and N the number of the answer",
		"put them into LAKE/inbox/ACCOUNT/",
		"bedrot run",
	}
}
