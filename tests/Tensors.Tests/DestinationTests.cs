namespace Vitrine.Tensors.Tests;

/// <summary>Where ops write: never to a view in which several elements are one, since threads would
/// race for it.</summary>
public sealed class DestinationTests
{
    public static TheoryData<string> Ops_that_write => [.. Calls.Keys];

    private static Dictionary<string, Action> Calls { get; } = new()
    {
        ["Add: into"] = () => Ops.Add(Of(3, 4), Of(3, 4), into: Wide(3, 4)),
        ["Exp: into"] = () => Ops.Exp(Of(3, 4), into: Wide(3, 4)),
        ["Sum: into"] = () => Ops.Sum(Of(3, 4), axis: 0, into: Wide(4)),
        ["Softmax: into"] = () => Ops.Softmax(Of(3, 4), into: Wide(3, 4)),
        ["GatherRows: into"] = () => Ops.GatherRows(
            Of(5, 4), Tensor.From<int>([1, 2]), into: Wide(2, 4)),
        ["ScatterAddRows: into"] = () => Ops.ScatterAddRows(
            Wide(5, 4), Tensor.From<int>([1, 2]), Of(2, 4)),
        ["MatMul: into"] = () => Ops.MatMul(Of(3, 4), Of(4, 5), into: Wide(3, 5)),
        ["AttentionWeightedSumBackward: dPattern"] = () => Ops.AttentionWeightedSumBackward(
            Of(1, 1, 3, 4), Of(1, 4, 1, 2), Of(1, 3, 1, 2), Wide(1, 1, 3, 4), null),
        ["LayerNormBackward: dX"] = () => Ops.LayerNormBackward(
            Of(3, 4), Of(4), Of(3), Of(3), Of(3, 4), Wide(3, 4), null, null),
        ["LayerNormBackward: dWeight"] = () => Ops.LayerNormBackward(
            Of(3, 4), Of(4), Of(3), Of(3), Of(3, 4), null, Wide(4), null),
        ["LayerNormBackward: dBias"] = () => Ops.LayerNormBackward(
            Of(3, 4), Of(4), Of(3), Of(3), Of(3, 4), null, null, Wide(4)),
        ["RmsNormBackward: dX"] = () => Ops.RmsNormBackward(
            Of(3, 4), Of(4), Of(3), Of(3, 4), Wide(3, 4), null),
        ["LinearCrossEntropyBackward: dWeight"] = () => Ops.LinearCrossEntropyBackward(
            Of(2, 4), Of(4, 5), null, Tensor.From<int>([1, 2]), Of(2), null, Wide(4, 5),
            null),
        ["AttentionScoresBackward: dK"] = () => Ops.AttentionScoresBackward(
            Of(1, 3, 2, 4), Of(1, 3, 2, 4), Of(1, 2, 3, 3), null, Wide(1, 3, 2, 4)),
    };

    [Theory]
    [MemberData(nameof(Ops_that_write))]
    public void A_broadcast_destination_is_refused(string destination)
    {
        var error = Assert.Throws<ShapeException>(Calls[destination]);
        Assert.StartsWith($"{destination} must not be broadcast; got stride 0", error.Message);
    }

    private static Tensor<float> Of(params int[] lengths) =>
        Tensor.Full(Shape.Create(lengths), 0.5f);

    /// <summary>One element, seen as many.</summary>
    private static Tensor<float> Wide(params int[] lengths) =>
        Tensor.Zeros<float>([1]).BroadcastTo(Shape.Create(lengths));
}
