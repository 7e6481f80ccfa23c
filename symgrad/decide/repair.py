def did_you_mean(asked):
    return None
