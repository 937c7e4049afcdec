"""What Wagtail calls when a review ends. Imported while models load, so it imports none itself."""


def publish_reviewed(workflow_state, user=None):
    """Publish the revision that was signed; the rules live in education.actions."""
    from education import actions

    actions.publish_reviewed(workflow_state=workflow_state, user=user)
