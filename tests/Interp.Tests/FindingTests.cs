using Vitrine.Interp.Circuits;
using Vitrine.Interp.Findings;
using Vitrine.Interp.Losses;
using Vitrine.Interp.Patching;
using Vitrine.Models.Data;
using Vitrine.Models.Training;

namespace Vitrine.Interp.Tests;

/// <summary>Sentences that must say what a number leaves out, and give one number for one
/// question.</summary>
public class FindingTests
{
    [Theory]
    [InlineData("0.1", false)]
    [InlineData("1.1", true)]
    public void Position_is_one_share_and_says_what_is_left_out(string head, bool above)
    {
        var share = new PositionShare(
            head, "learned", 0.4, 0.25, 0.22, 0.13, [0.6, 0.4], [0.5, 0.5], [0, 0]);
        string command = PositionFindings.Of(share).Text.ToString();
        string page = PositionFindings.Of([share], measured: null).ToString();
        Assert.Contains("Position alone accounts for 22% of the "
            + "variance", command, StringComparison.Ordinal);
        Assert.Contains(
            "22% of its score variance is due to position alone", page, StringComparison.Ordinal);
        Assert.All([command, page], said => Assert.Equal(
            above, said.Contains("the output of earlier heads is left "
                + "out", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(MetricKind.LogitDifference, 2, -1, false)]
    [InlineData(MetricKind.LogitDifference, 3, 2.9, true)]
    [InlineData(MetricKind.LogitDifference, 0.02, -0.02, true)]
    [InlineData(MetricKind.Probability, 0.02, 0.01, false)]
    public void A_slight_difference_is_said(
        MetricKind metric, double clean, double corrupt, bool slight) =>
        Assert.Equal(slight, PatchingFindings.Slight(metric, clean, corrupt) is not null);

    [Theory]
    [InlineData(4.2, 4, "5.0%")]
    [InlineData(0.2, 0.01, null)]
    public void A_share_of_a_loss_near_zero_is_not_given(double model, double bigram, string? said)
    {
        LossEstimate Loss(double value) => new(value, null, null, 100, 1);
        Assert.Equal(said, ZeroLayerFindings.Share(new LossComparison(
            Loss(model), Loss(model), Loss(5), Loss(5), Loss(bigram), Loss(bigram),
            Loss(model - bigram))));
    }

    [Fact]
    public void A_lead_says_how_heads_came_about_and_what_the_model_is_worth()
    {
        LossEstimate Loss(double value) => new(value, null, null, 100, 1);
        var losses = new HeldOutComparison(
            Loss(4.7), Loss(6), Loss(5.04), Loss(-0.34), Loss(5.02), Loss(0.32));
        Recipe mixed = Recipe.Mixture with
        {
            Steps = 1000,
            Repeats = [new RepeatPhase(300, 1, Halves: 0.5f), new RepeatPhase(700, 0.2f)],
        };
        Assert.Equal(
            "It formed on text that repeats itself: every window repeats a passage until step 300, "
            + "then 20% of the windows do; natural text alone formed no induction head in any run "
            + "tried. On unmodified held-out text, the loss is 4.70 nats per token: 0.32 below the "
            + "0-layer model’s 5.02 and 0.02 above the 1-layer model’s 4.68.",
            TrainingFindings.Of(mixed, losses, 4.68, formed: true).ToString());
        Assert.StartsWith(
            "It was trained on text that repeats itself: every window repeats a passage until step "
            + "300, then 20% of the windows do. On",
            TrainingFindings.Of(mixed, losses, 4.68, formed: false).ToString(),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "It was trained on text that repeats itself: every window repeats a passage. On",
            TrainingFindings.Of(mixed with { Steps = 200 }, losses, 4.68, formed: false).ToString(),
            StringComparison.Ordinal);
        Assert.Equal(
            "It was trained on natural text alone. On unmodified held-out text, the loss is 4.70 "
            + "nats per token.",
            TrainingFindings.Of(
                Recipe.NaturalText, losses with { ZeroLayer = null }, null, formed: false)
                .ToString());
        Assert.StartsWith(
            "It was trained on repeated random tokens alone.",
            TrainingFindings.Of(Recipe.RandomRepeats, losses, null, formed: true).ToString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a0.h3.q", "0.3", "q")]
    [InlineData("a11.h0", "11.0", "")]
    [InlineData("input", "input", "input")]
    [InlineData("logits", "logits", "logits")]
    public void The_end_of_an_edge_is_named_as_heads_are(string end, string name, string input) =>
        Assert.Equal((name, input), EdgeAttribution.End(end));
}
