from forum.views.reading import nothing_here

hide = remove = restore = amend = report = nothing_here
queue = take_next = item = take = give_back = nothing_here
