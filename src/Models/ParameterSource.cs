using Vitrine.Autograd;
using Vitrine.Models.Checkpoints;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>Where the parts of a model get their parameters from: new ones to be trained, or those
/// of a file.</summary>
/// <param name="device">Where they lie.</param>
internal class ParameterSource(Device device)
{
    private readonly List<Parameter> _made = [];

    public Device Device => device;

    /// <summary>A matrix, or a stack of them, that products, gathers or the unembedding
    /// read.</summary>
    /// <param name="name">Its name, as files spell it.</param>
    /// <param name="lengths">Its shape as it lies in memory.</param>
    /// <param name="turn">The two axes that are exchanged in the literature's layout; null for
    /// none.</param>
    public virtual Parameter Matrix(
        string name, ReadOnlySpan<int> lengths, (int, int)? turn = null) =>
        New(name, Shape.Create(lengths), 0, turn);

    /// <summary>A bias, a norm's weight or another small table, always float32.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="lengths">Its shape.</param>
    /// <param name="value">Its initial value.</param>
    public virtual Parameter Small(string name, ReadOnlySpan<int> lengths, float value = 0) =>
        New(name, Shape.Create(lengths), value, null);

    /// <summary>Releases all that was made, of a model that could not be finished.</summary>
    public void Discard() => _made.ForEach(parameter => parameter.Dispose());

    /// <summary>The shape of a parameter as files have it.</summary>
    protected static Shape Turned(Shape shape, (int, int)? turn) => turn is var (first, second)
        ? shape.With(first, shape[second]).With(second, shape[first]) : shape;

    protected Parameter New(string name, Shape shape, float value, (int, int)? turn) =>
        Made(new Parameter(
            name, Tensor.Full(shape, value, device),
            turn is var (first, second) ? stored => stored.Transpose(first, second) : null));

    protected Parameter Made(Parameter parameter)
    {
        _made.Add(parameter);
        return parameter;
    }
}

/// <summary>The parameters of a layer that has those of another.</summary>
/// <param name="made">The other layer's.</param>
/// <param name="from">The other layer's names.</param>
/// <param name="to">This layer's names.</param>
internal sealed class SharedParameters(
    IEnumerable<Parameter> made, LayerNames from, LayerNames to) : ParameterSource(Device.Cpu)
{
    private readonly Dictionary<string, Parameter> _made =
        made.ToDictionary(parameter => parameter.Name!);

    public override Parameter Matrix(
        string name, ReadOnlySpan<int> lengths, (int, int)? turn = null) => Other(name);

    public override Parameter Small(string name, ReadOnlySpan<int> lengths, float value = 0) =>
        Other(name);

    private Parameter Other(string name) => _made[from.Norm(name[to.Norm("").Length..])];
}

/// <summary>Parameters of a file, as float32 copies that can be trained.</summary>
internal class FileParameters(SafeTensors file, Device device) : ParameterSource(device)
{
    protected SafeTensors File => file;

    public override Parameter Matrix(
        string name, ReadOnlySpan<int> lengths, (int, int)? turn = null) =>
        Read(name, Shape.Create(lengths), turn);

    public override Parameter Small(string name, ReadOnlySpan<int> lengths, float value = 0) =>
        Read(name, Shape.Create(lengths), null);

    private Parameter Read(string name, Shape shape, (int, int)? turn)
    {
        // Before memory is taken: a config may claim any size, a file's tensors lie within it.
        file.Require(name, Turned(shape, turn));
        Parameter parameter = New(name, shape, 0, turn);
        file.ReadInto(name, parameter.Value);
        return parameter;
    }
}

/// <summary>Matrices that stay in the file, mapped into memory, in its element type; what is small
/// is copied.</summary>
internal sealed class MappedParameters(SafeTensors file) : FileParameters(file, Device.Cpu)
{
    public override Parameter Matrix(
        string name, ReadOnlySpan<int> lengths, (int, int)? turn = null)
    {
        Shape shape = Turned(Shape.Create(lengths), turn);
        return Made(new Parameter(name, File.Map(name, shape)));
    }
}
