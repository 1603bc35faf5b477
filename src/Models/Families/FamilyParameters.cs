using Vitrine.Autograd;
using Vitrine.Models.Checkpoints;
using Vitrine.Tensors;

namespace Vitrine.Models.Families;

/// <summary>Parameters of a published checkpoint, found through its family's table.</summary>
internal sealed class FamilyParameters : ParameterSource
{
    private readonly WeightTable _table;
    private readonly TransformerConfig _config;
    private readonly ITensorFile _file;
    private readonly string _prefix;
    private readonly bool _stored;
    private readonly HashSet<string> _read = [];

    /// <param name="table">The family's table.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="file">The tensors.</param>
    /// <param name="prefix">What tensor names of some files begin with and of others do not.</param>
    /// <param name="stored">Whether matrices stay in the file.</param>
    public FamilyParameters(
        WeightTable table, TransformerConfig config, ITensorFile file, string prefix, bool stored)
        : base(Device.Cpu) =>
        (_table, _config, _file, _prefix, _stored) = (table, config, file, prefix, stored);

    public override Parameter Matrix(
        string name, ReadOnlySpan<int> lengths, (int, int)? turn = null)
    {
        Shape shape = Turned(Shape.Create(lengths), turn);
        Place place = Find(name, shape);
        if (_stored && place.Heads is null)
        {
            Weight view = place.View(new WeightAxes(_file.Map(place.Tensor, place.FileShape)))
                .Weight;
            if (view.Shape.Rank <= shape.Rank)
            {
                return Made(new Parameter(name, view.Reshape(Lengths(shape))));
            }

            // The file splits an axis in a way that no view puts together.
            view.Dispose();
        }

        return Read(name, place, Shape.Create(lengths), turn);
    }

    public override Parameter Small(string name, ReadOnlySpan<int> lengths, float value = 0) =>
        Read(name, Find(name, Shape.Create(lengths)), Shape.Create(lengths), null);

    /// <summary>Throws if a tensor belongs to no part of the model: it would be another than its
    /// file's.</summary>
    /// <exception cref="InvalidDataException">One does.</exception>
    public void RequireAllRead()
    {
        bool tied = _config.Embedding.Tied;
        string[] unembedding = tied && _table.Find("unembed.W_U") is { } row ? row.Tensors : [];
        StoredTensor? unread = _file.Tensors.FirstOrDefault(tensor =>
            !_read.Contains(tensor.Name) && !_table.Ignores(tensor.Name)
            && !unembedding.Contains(tensor.Name));
        if (unread is not null)
        {
            throw SafeTensorsHeader.Wrong(
                _file.Path,
                $"{unread} belongs to no part of the model that the config describes.");
        }
    }

    /// <summary>A weight as the file has it, in the model's axes: float32; the caller owns
    /// it.</summary>
    internal Tensor<float> Read(string name, Shape shape)
    {
        Place place = Find(name, shape);
        Tensor<float> result = Tensor.Empty<float>(shape);
        Fill(place, result);
        return result;
    }

    private Parameter Read(string name, Place place, Shape lengths, (int, int)? turn)
    {
        Parameter parameter = New(name, lengths, 0, turn);
        Fill(place, parameter.Value);
        return parameter;
    }

    private void Fill(Place place, Tensor<float> into)
    {
        for (int head = 0; head < (place.Heads ?? 1); head++)
        {
            string tensor = place.Tensor.Replace("{head}", $"{head}", StringComparison.Ordinal);
            using Tensor<float> whole = _file.ReadFloat(tensor);
            Tensor<float> view = place.View(new TensorAxes(whole)).Tensor;
            Tensor<float> part = place.Heads is null ? into : into.Select(0, head);
            part.Reshape(Lengths(view.Shape)).CopyFrom(view);
        }
    }

    private Place Find(string name, Shape shape)
    {
        WeightRow row = _table.Find(name) ?? throw new InvalidDataException(
            $"{_file.Path}: the family's table names no tensor for {name}.");
        bool inEncoder = _config.Encoder is not null
            && name.StartsWith("encoder_", StringComparison.Ordinal);
        TransformerConfig stack = inEncoder ? _config.Encoder! : _config;
        MlpConfig? mlp = stack.Mlp?[row.Layer];
        bool shared = name.Contains(".mlp.shared.", StringComparison.Ordinal);
        var lengths = new AxisLengths(
            stack, row.Layer, shared ? mlp!.Experts!.SharedWidth!.Value : mlp?.Width ?? 0,
            row.Expert);
        string[] axes = row.Axes ?? AxisLengths.Of(name);
        string tensor = row.Tensors[0];
        int? heads = null;
        if (tensor.Contains("{head}", StringComparison.Ordinal))
        {
            heads = shape[0];
            axes = axes[1..];
            for (int head = 0; head < heads; head++)
            {
                string one = tensor.Replace("{head}", $"{head}", StringComparison.Ordinal);
                Require(one, row, lengths);
            }
        }
        else
        {
            tensor = row.Tensors.Concat(row.Tensors.Select(WithoutPrefix))
                .FirstOrDefault(option => _file.TryGet(option, out _)) ?? tensor;
            Require(tensor, row, lengths);
        }

        return new Place(tensor, row.Pattern, lengths, axes, heads);
    }

    private void Require(string tensor, WeightRow row, AxisLengths lengths)
    {
        // Before memory is taken: a config may claim any size, a file's tensors lie within it.
        _file.Require(tensor, row.Pattern.FileShape(lengths));
        _read.Add(tensor);
    }

    private static int[] Lengths(Shape shape)
    {
        var lengths = new int[shape.Rank];
        shape.CopyTo(lengths);
        return lengths;
    }

    private string WithoutPrefix(string tensor) =>
        _prefix.Length > 0 && tensor.StartsWith(_prefix, StringComparison.Ordinal)
        ? tensor[_prefix.Length..] : tensor;

    private sealed record Place(
        string Tensor, AxisPattern Pattern, AxisLengths Lengths, string[] Axes, int? Heads)
    {
        public Shape FileShape => Pattern.FileShape(Lengths);

        public T View<T>(T x)
            where T : IAxes<T> => Pattern.View(x, Lengths, Axes);
    }
}
