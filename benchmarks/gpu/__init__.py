"""What has to hold on a real GPU, and how fast it is there."""
