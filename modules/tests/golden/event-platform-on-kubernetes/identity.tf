# What each kind of machine or pod may do, and no more.
